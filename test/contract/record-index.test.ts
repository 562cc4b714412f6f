import { appendFile, cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder } from '../../adapters/local/identity/model-folder';
import { trainFile } from '../../adapters/local/identity/train-file';
import { updateFile } from '../../adapters/local/identity/update-file';
import { slotsOf } from '../../core/identity/index/record-index';
import { linkageSettings } from '../../schemas/linkage';
import { dirtyPeople, peopleFields, type Row } from '../unit/identity/dirty-people';

const rows = dirtyPeople(120, 29);
const settings = linkageSettings.parse({ fields: peopleFields });
const known = rows.slice(0, -40).map((row, number) => [`r${number}`, row] as const);
const arriving = rows.slice(-40).map((row, number) => [`n${number}`, row] as const);

let folder: string;
let trained: string;
let copies = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-index-'));
  trained = join(folder, 'trained');
  await trainFile({ input: await file('known.csv', known), id: 'id', out: trained, settings });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, records: readonly (readonly [string, Row])[]): Promise<string> {
  const path = join(folder, name);
  const lines = records.map(([id, row]) => [id, ...row.map((value) => value ?? '')].join(','));
  await writeFile(path, `${['id', ...peopleFields.map(({ column }) => column)].join(',')}\n${lines.join('\n')}\n`);
  return path;
}

async function copyOfTrained(): Promise<string> {
  const copy = join(folder, `copy-${copies++}`);
  await cp(trained, copy, { recursive: true });
  return copy;
}

/** By id: the customer, as it is read back. */
async function customersOf(model: string, ids: readonly string[]): Promise<Map<string, string>> {
  const { index } = await readModelFolder(model, 0);
  const slots = slotsOf(index, ids);
  return new Map(Array.from(slots, ([id, slot]) => [id, index.names.at(index.customers[slot] as number)]));
}

it('takes in new, changed and removed records, and tells whose customer is another', async () => {
  const model = await copyOfTrained();
  // The first record becomes another person, who is there already.
  const changed = [['r0', known.at(-1)![1]] as const, ...arriving];
  const removed = await file('removed.csv', [known[5]!, ['nobody', known[6]![1]]]);
  const before = await customersOf(
    model,
    known.map(([id]) => id),
  );
  const update = await updateFile({ folder: model, input: await file('changed.csv', changed), id: 'id', removed });
  expect(update).toMatchObject({ arrived: 41, changed: 1, removed: 1 });
  const after = await customersOf(
    model,
    [...known, ...arriving].map(([id]) => id),
  );
  expect(after.size).toBe(known.length + arriving.length - 1);
  expect(after.has(known[5]![0])).toBe(false);
  expect(after.get('r0')).toBe(after.get(known.at(-1)![0]));
  const moved = [...after].filter(([id, customer]) => before.get(id) !== customer).map(([id]) => id);
  expect(update.moved.map(({ id }) => id).sort()).toEqual(moved.sort());
});

it('changes nothing when the same records come again', async () => {
  const model = await copyOfTrained();
  const input = await file('arriving.csv', arriving);
  await updateFile({ folder: model, input, id: 'id' });
  const first = await customersOf(
    model,
    arriving.map(([id]) => id),
  );
  expect(await updateFile({ folder: model, input, id: 'id' })).toMatchObject({ changed: 40, moved: [] });
  expect(
    await customersOf(
      model,
      arriving.map(([id]) => id),
    ),
  ).toEqual(first);
});

it('reads and goes on from the last index that was written whole, whatever a failed run left behind', async () => {
  const [model, clean] = [await copyOfTrained(), await copyOfTrained()];
  for (const name of ['records', 'key-0', 'ids', 'ids-ends', 'names', 'names-ends']) {
    await appendFile(join(model, 'index', `${name}.bin`), Buffer.alloc(1001, 7));
  }
  await writeFile(join(model, 'index', 'groups-2.bin'), 'half');
  const input = await file('arriving.csv', arriving);
  const ids = [...known, ...arriving].map(([id]) => id);
  expect(await customersOf(model, ids)).toEqual(await customersOf(clean, ids));
  const { arrived, moved } = await updateFile({ folder: model, input, id: 'id' });
  expect(await updateFile({ folder: clean, input, id: 'id' })).toMatchObject({ arrived, moved });
  expect(await customersOf(model, ids)).toEqual(await customersOf(clean, ids));
});

describe('a folder that cannot be used', () => {
  const failing = (model: string) =>
    readModelFolder(model, 0).then(
      () => undefined,
      (error: Error & { code: string }) => error,
    );

  it('is refused when its index was made with another model', async () => {
    const model = await copyOfTrained();
    await appendFile(join(model, 'model.json'), '\n');
    expect(await failing(model)).toMatchObject({ code: 'INDEX_STALE', message: expect.stringContaining('train') });
  });

  it('is refused when a file is cut off, which is named', async () => {
    const model = await copyOfTrained();
    await truncate(join(model, 'index', 'records.bin'), 100);
    const message = expect.stringContaining('records.bin: it ends after 100 of');
    expect(await failing(model)).toMatchObject({ code: 'INDEX_INVALID', message });
  });

  it('is refused when there is no index, or none of this version', async () => {
    const model = await copyOfTrained();
    const manifest = join(model, 'index', 'index.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"version":1', '"version":9'));
    expect(await failing(model)).toMatchObject({ code: 'INDEX_INVALID' });
    await rm(manifest);
    expect(await failing(model)).toMatchObject({ code: 'INDEX_MISSING' });
  });
});

describe('records that cannot be told apart', () => {
  it.each([
    ['two of one name', [arriving[0]!, arriving[0]!], 'RECORD_TWICE', '"id" is "n0"'],
    ['one without a name', [['', arriving[0]![1]] as const], 'RECORD_UNNAMED', '1 records'],
  ])('are refused, and nothing is changed: %s', async (_, records, code, said) => {
    const input = await file('wrong.csv', records);
    const message = expect.stringContaining(said);
    await expect(updateFile({ folder: trained, input, id: 'id' })).rejects.toMatchObject({
      code,
      message,
      field: '--id',
    });
    await expect(trainFile({ input, id: 'id', out: trained, settings })).rejects.toMatchObject({ code });
    expect((await customersOf(trained, ['r0'])).size).toBe(1);
  });

  it('are refused when one is to come and to go', async () => {
    const input = await file('arriving.csv', arriving);
    const question = { folder: trained, input, removed: input, id: 'id' };
    await expect(updateFile(question)).rejects.toMatchObject({ code: 'RECORD_TWICE', field: '--removed' });
  });
});

it('learns from no fewer than two records', async () => {
  const question = { input: await file('one.csv', known.slice(0, 1)), id: 'id', out: join(folder, 'one'), settings };
  await expect(trainFile(question)).rejects.toMatchObject({ code: 'RECORDS_MISSING' });
});
