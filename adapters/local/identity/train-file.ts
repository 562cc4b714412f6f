import type { RecordIndex } from '../../../core/identity/index/record-index';
import { trainModel } from '../../../core/identity/model/train-model';
import { PackedIds } from '../../../core/journeys/customer-ids';
import type { LinkageSettings } from '../../../schemas/linkage';
import { StageClock } from '../stage-clock';
import { numbersOf, readLabelledPairs, type LabelsSummary } from './labels-file';
import { tooFewRecords } from './records-file';
import { writeModelFolder } from './model-folder';
import { withCrew } from '../threads/thread-crew';
import { readRecords } from './read-records';
import { settingsOfFiles } from './settings-of-files';
import { BATCH, withRecordBatch } from './record-batch';

export interface TrainingQuestion {
  readonly input: string;
  /** The column that names a record. */
  readonly id: string;
  /** Where model and index are written to. */
  readonly out: string;
  /** Inferred from the columns when left out. */
  readonly settings?: LinkageSettings | undefined;
  /** A file of what somebody said of some pairs. */
  readonly labels?: string | undefined;
}

export interface Training {
  readonly records: number;
  readonly customers: number;
  readonly rules: readonly string[];
  readonly rounds: number;
  readonly labels?: LabelsSummary | undefined;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly settings: LinkageSettings;
}

/**
 * Learns a model from the records of a file, and labels where there are any, and writes it with an index of these records, tied by
 * it.
 *
 * @throws HubError those of `withRecordBatch`, `readLabelledPairs` and `settingsOfFiles`; `RECORDS_MISSING` where there is nothing
 *   to learn from
 */
export async function trainFile({ input, id, out, ...question }: TrainingQuestion): Promise<Training> {
  return withRecordBatch(input, id, async ({ connection, file, ids, temp }) => {
    const { settings: given, labels } = question;
    const clock = new StageClock();
    if (ids.length < 2) throw tooFewRecords([input], ids.length);
    const settings = await settingsOfFiles(connection, [file], [id], given);
    const relation = { from: BATCH, records: ids.length, ofFirstFile: ids.length };
    const told = { temp, records: numbersOf(ids), count: ids.length };
    const read = labels === undefined ? undefined : await readLabelledPairs(connection, labels, told);
    const compared = await readRecords(connection, relation, settings);
    clock.finish('load');
    const training = trainModel(compared, settings, (stage) => clock.finish(stage), read?.labelled);
    const { linkage, linked, rounds } = await withCrew((crew) => crew.run(training));
    const { clusters, groups } = linked;
    const { customers, names } = customersOf(clusters, ids);
    const index: RecordIndex = {
      compared,
      slots: ids.length,
      ids: PackedIds.of(ids),
      groups,
      customers,
      names,
      ruleKeys: [],
    };
    await writeModelFolder(out, linkage, index);
    clock.finish('write');
    const rules = linkage.blocking.map((keys) => keys.join(' + '));
    const found = { records: ids.length, customers: names.size, rules, rounds, labels: read?.summary };
    return { ...found, timings: clock.timings(), settings };
  });
}

/** Customers by number, each called by its first record. */
function customersOf(clusters: Uint32Array, ids: readonly string[]): Pick<RecordIndex, 'customers' | 'names'> {
  const firsts: string[] = [];
  const customers = new Uint32Array(clusters.length);
  clusters.forEach((first, record) => {
    customers[record] = first === record ? firsts.length : customers[first]!;
    if (first === record) firsts.push(ids[record] as string);
  });
  return { customers, names: PackedIds.of(firsts) };
}
