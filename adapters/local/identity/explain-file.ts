import { HubError } from '../../../core/errors';
import { explainPair, type PairExplanation } from '../../../core/identity/model/explain-pair';
import { learn } from '../../../core/identity/link';
import { didYouMean } from '../../../core/text/closest-name';
import type { LinkageSettings } from '../../../schemas/linkage';
import { withCrew } from '../threads/thread-crew';
import { readRecords } from './read-records';
import { settingsOfFiles } from './settings-of-files';
import { BATCH, valuesOf, withRecordBatch } from './record-batch';
import { tooFewRecords } from './records-file';

export interface ExplanationQuestion {
  readonly input: string;
  /** The column that names a record. */
  readonly id: string;
  /** The names of two records. */
  readonly pair: readonly [string, string];
  /** Inferred from the columns when left out. */
  readonly settings?: LinkageSettings | undefined;
}

export interface ExplainedPair extends PairExplanation {
  /** By field, what the records say. */
  readonly values: Readonly<Record<string, readonly [string | null, string | null]>>;
}

/**
 * Why two records of a file are one person or not, by what is learned from all of them.
 *
 * @throws HubError those of `withRecordBatch` and `settingsOfFiles`; `RECORDS_MISSING`, naming the option
 */
export async function explainFile({ input, id, pair, settings: given }: ExplanationQuestion): Promise<ExplainedPair> {
  return withRecordBatch(input, id, async (batch) => {
    const { connection, file, ids } = batch;
    if (ids.length < 2) throw tooFewRecords([input], ids.length);
    const places = pair.map((name) => placeOf(ids, name, input));
    const settings = await settingsOfFiles(connection, [file], [id], given);
    const relation = { from: BATCH, records: ids.length, ofFirstFile: ids.length };
    const compared = await readRecords(connection, relation, settings);
    const { model } = await withCrew((crew) => crew.run(learn(compared, settings, () => undefined)));
    const [a, b] = places.map((place) => Uint32Array.of(place));
    const [packed] = compared.comparer.compare(a!, b!);
    const explained = explainPair(model, compared.comparer.packing.unpack(packed!));
    const columns = settings.fields.map(({ column }) => column);
    const said = await valuesOf(batch, id, columns, pair);
    const [ofA, ofB] = pair.map((name) => said.get(name)!);
    const values = Object.fromEntries(columns.map((column, at) => [column, [ofA![at]!, ofB![at]!] as const]));
    return { ...explained, values };
  });
}

function placeOf(ids: readonly string[], name: string, input: string): number {
  const place = ids.indexOf(name);
  if (place >= 0) return place;
  const message = `--pair: ${input} has no record "${name}"${didYouMean(name, ids)}`;
  throw new HubError('RECORDS_MISSING', message, { field: '--pair' });
}
