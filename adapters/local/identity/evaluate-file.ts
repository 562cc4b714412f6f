import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { accuracyOf, clusterAccuracy, type Accuracy } from '../../../core/identity/evaluate-linkage';
import { link, type Linkage } from '../../../core/identity/link';
import type { LabelledPairs } from '../../../core/identity/model/labelled-pairs';
import { vectorWeights } from '../../../core/identity/clustering/link-records';
import { identifier } from '../../../core/sql/quote';
import type { LinkageSettings } from '../../../schemas/linkage';
import { settingsOfFiles } from './settings-of-files';
import { StageClock } from '../stage-clock';
import { readLabelledPairs, type LabelsSummary, type ReadLabels } from './labels-file';
import { withCrew, type ThreadCrew } from '../threads/thread-crew';
import { readRecords } from './read-records';
import { openRecords, together, tooFewRecords, type RecordsFile } from './records-file';

export interface EvaluationQuestion {
  /** One file whose records are linked with one another, or two whose records are linked with each other's. */
  readonly inputs: readonly string[];
  /** The column that names a record, and the one that names the person it is of. */
  readonly id: string;
  readonly truth: string;
  /** Inferred from the columns when left out. */
  readonly settings?: LinkageSettings | undefined;
  /** A file of what somebody said of some pairs; of two files, `record_a` names one of the first. */
  readonly labels?: string | undefined;
}

export interface Evaluation {
  readonly records: number;
  readonly people: number;
  /** Pairs at the settings' threshold; `bestF1` at the threshold that would have been the best. */
  readonly pairs: Accuracy & {
    readonly bestF1: number;
    readonly bestThreshold: number;
    readonly compared: number;
    /** Of those, how many are one person by the settings' threshold. */
    readonly found: number;
    readonly distinctVectors: number;
    /** The share of true pairs that were compared at all. */
    readonly blockingRecall: number;
  };
  readonly clusters: Accuracy & { readonly b3: Accuracy };
  /** The blocking rules, with the pairs counted before any was looked at; none where all were. */
  readonly rules: readonly { readonly name: string; readonly pairs: number }[];
  /** Values that so many people hold that they were taken for none. */
  readonly placeholders: readonly { readonly column: string; readonly value: string; readonly records: number }[];
  readonly rounds: number;
  readonly labels?: (LabelsSummary & LabelsTruth) | undefined;
  /** Seconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peakRssMb: number;
  readonly settings: LinkageSettings;
}

/** Labels against the truth. */
export interface LabelsTruth {
  /** Pairs whose label is not what the truth says. */
  readonly untrue: number;
  /** The share of the true pairs that labels told: so much of what is measured was no finding. */
  readonly shareOfTruth: number;
}

/**
 * Links the records of files and compares the result with the truth, without any engine or lake.
 *
 * @throws HubError those of `openRecords`, `settingsOfFiles` and `readLabelledPairs`; `RECORDS_MISSING`;
 *   `RECORD_TWICE` where labels may mean either of two records
 */
export async function evaluateFile(question: EvaluationQuestion): Promise<Evaluation> {
  return withCrew((crew) => evaluateWith(crew, question));
}

async function evaluateWith(crew: ThreadCrew, question: EvaluationQuestion): Promise<Evaluation> {
  const temp = await mkdtemp(join(tmpdir(), 'hub-identity-'));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '700MB', temp_directory: temp });
  const connection = await instance.connect();
  try {
    const clock = new StageClock();
    const wanted = { '--id': question.id, '--truth': question.truth };
    const files: RecordsFile[] = [];
    for (const input of question.inputs) files.push(await openRecords(connection, input, wanted, temp));
    const { from, records } = together(files);
    if (records < 2) throw tooFewRecords(question.inputs, records);
    const leftOut = Object.values(wanted);
    const settings = await settingsOfFiles(connection, files, leftOut, question.settings);
    const compared = await readRecords(connection, { from, records, ofFirstFile: files[0]!.records }, settings);
    clock.finish('load');
    const read = await labelsOf(connection, question, files, temp);
    const linkage = await crew.run(link(compared, settings, (stage) => clock.finish(stage), read?.labelled));
    const people = await peopleOf(connection, from, question.truth, records);
    return {
      records,
      people: new Set(people).size,
      pairs: pairAccuracy(linkage, people, settings.threshold, compared.table.files),
      clusters: clusterAccuracy(linkage.clusters, people),
      rules: linkage.rules.map(({ name, pairs }) => ({ name, pairs })),
      placeholders: linkage.placeholders.map(({ field, text, records }) => ({
        column: settings.fields[field]!.column,
        value: text,
        records,
      })),
      rounds: linkage.rounds,
      labels: read && { ...read.summary, ...labelsAgainst(read.labelled, people, compared.table.files) },
      timings: Object.fromEntries(Object.entries(clock.timings()).map(([stage, ms]) => [stage, ms / 1000])),
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
      settings,
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(temp, { recursive: true, force: true });
  }
}

async function labelsOf(
  connection: DuckDBConnection,
  { labels, id }: EvaluationQuestion,
  files: readonly RecordsFile[],
  temp: string,
): Promise<ReadLabels | undefined> {
  if (labels === undefined) return undefined;
  const sides: Map<string, number>[] = [];
  let count = 0;
  for (const { input, relation } of files) {
    const ids = (await connection.runAndReadAll(`SELECT ${identifier(id)} FROM ${relation}`)).getColumnsJS()[0] ?? [];
    const first = count;
    const numbers = new Map(ids.map((name, record) => [String(name), first + record]));
    if (numbers.size < ids.length) {
      const message = `--id: several records of ${input} have the same "${id}", so labels cannot mean one of them; give the column that names every record`;
      throw new HubError('RECORD_TWICE', message, { field: '--id' });
    }
    sides.push(numbers);
    count += ids.length;
  }
  const records = [sides[0]!, sides.at(-1)!] as const;
  return readLabelledPairs(connection, labels, { temp, records, count });
}

function labelsAgainst(labelled: LabelledPairs, people: Uint32Array, files: Uint8Array | undefined): LabelsTruth {
  const { a, b, isMatch } = labelled;
  const isTrue = isMatch.map((_, pair) => (people[a[pair] as number] === people[b[pair] as number] ? 1 : 0));
  const told = isMatch.reduce((sum, own, pair) => sum + own * isTrue[pair]!, 0);
  return {
    untrue: isMatch.reduce((sum, own, pair) => sum + (own === isTrue[pair] ? 0 : 1), 0),
    shareOfTruth: told / Math.max(1, wantedPairs(people, files)),
  };
}

/** The person of every record, by number; a record without a name of its person is one of its own. */
async function peopleOf(
  connection: DuckDBConnection,
  from: string,
  truth: string,
  records: number,
): Promise<Uint32Array> {
  const numbers = new Map<string, number>();
  const people = new Uint32Array(records);
  const result = await connection.run(`SELECT ${identifier(truth)} FROM ${from}`);
  let record = 0;
  let unnamed = records;
  for (let index = 0; index < result.chunkCount; index++) {
    for (const name of result.getChunk(index).getColumnValues(0) as (string | null)[]) {
      const number = name === null ? unnamed++ : (numbers.get(name) ?? numbers.size);
      if (name !== null) numbers.set(name, number);
      people[record++] = number;
    }
  }
  return people;
}

function pairAccuracy(
  { pairs, vectors, model }: Linkage,
  people: Uint32Array,
  threshold: number,
  files: Uint8Array | undefined,
): Evaluation['pairs'] {
  const right = new Float64Array(vectors.size);
  let blocked = 0;
  for (let pair = 0; pair < pairs.size; pair++) {
    if (people[pairs.a[pair] as number] !== people[pairs.b[pair] as number]) continue;
    right[vectors.of[pair] as number]!++;
    blocked++;
  }
  const wanted = wantedPairs(people, files);
  const weights = vectorWeights(vectors, model);
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!);
  let best = { ...accuracyOf(0, 0, wanted), threshold: Infinity };
  let at = accuracyOf(0, 0, wanted);
  let [found, hits, foundAt] = [0, 0, 0];
  order.forEach((vector, rank) => {
    found += vectors.counts[vector]!;
    hits += right[vector]!;
    const accuracy = accuracyOf(hits, found, wanted);
    if (weights[vector]! > threshold) [at, foundAt] = [accuracy, found];
    const isLast = weights[order[rank + 1] ?? -1] !== weights[vector];
    if (isLast && accuracy.f1 > best.f1) best = { ...accuracy, threshold: weights[vector]! };
  });
  return {
    ...at,
    bestF1: best.f1,
    bestThreshold: best.threshold,
    compared: pairs.size,
    found: foundAt,
    distinctVectors: vectors.size,
    blockingRecall: wanted === 0 ? 1 : blocked / wanted,
  };
}

/** Pairs of records of one person; of two files, those with a record of each. */
function wantedPairs(people: Uint32Array, files: Uint8Array | undefined): number {
  const most = people.reduce((sum, person) => Math.max(sum, person), 0);
  const counts = [new Uint32Array(most + 1), new Uint32Array(most + 1)] as const;
  people.forEach((person, record) => counts[files?.[record] === 1 ? 1 : 0][person]!++);
  return counts[0].reduce((sum, first, person) => {
    return sum + (files === undefined ? (first * (first - 1)) / 2 : first * counts[1][person]!);
  }, 0);
}
