import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trainFile } from '../../adapters/local/identity/train-file';
import { linkageSettings } from '../../schemas/linkage';
import { peopleFields } from '../unit/identity/dirty-people';

/** Trains a model on people, with the ids `r0`, `r1`, …; returns its folder. */
export async function trainPeople(folder: string, rows: readonly (readonly (string | null)[])[]): Promise<string> {
  const [input, out] = [join(folder, 'people.csv'), join(folder, 'model')];
  const lines = rows.map((row, number) => [`r${number}`, ...row.map((value) => value ?? '')].join(','));
  const head = ['id', ...peopleFields.map(({ column }) => column)];
  await writeFile(input, `${[head, ...lines].join('\n')}\n`);
  await trainFile({ input, id: 'id', out, settings: linkageSettings.parse({ fields: peopleFields, country: 'US' }) });
  return out;
}
