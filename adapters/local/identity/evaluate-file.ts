import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { accuracyOf, clusterAccuracy, type Accuracy } from '../../../core/identity/evaluate-linkage';
import { inferFields } from '../../../core/identity/infer-fields';
import { link, type Linkage } from '../../../core/identity/link';
import { vectorWeights } from '../../../core/identity/link-records';
import { identifier, literal } from '../../../core/sql/quote';
import { didYouMean } from '../../../core/text/closest-name';
import { linkageSettings, type LinkageSettings } from '../../../schemas/linkage';
import { openEventsFile, type EventsFile } from '../events/events-file';
import { readable } from '../events/file-errors';
import { StageClock } from '../stage-clock';
import { readRecords } from './read-records';

export interface EvaluationQuestion {
  /** One file whose records are linked with one another, or two whose records are linked with each other's. */
  readonly inputs: readonly string[];
  /** The column that names a record, and the one that names the person it is of. */
  readonly id: string;
  readonly truth: string;
  /** Inferred from the columns when left out. */
  readonly settings?: LinkageSettings | undefined;
}

export interface Evaluation {
  readonly records: number;
  readonly people: number;
  /** Pairs at the settings' threshold; `bestF1` at the threshold that would have been the best. */
  readonly pairs: Accuracy & {
    readonly bestF1: number;
    readonly bestThreshold: number;
    readonly compared: number;
    readonly distinctVectors: number;
    /** The share of true pairs that were compared at all. */
    readonly blockingRecall: number;
  };
  readonly clusters: Accuracy & { readonly b3: Accuracy };
  /** The blocking rules, with the pairs counted before any was looked at; none where all were. */
  readonly rules: readonly { readonly name: string; readonly pairs: number }[];
  readonly rounds: number;
  /** Seconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peakRssMb: number;
  readonly settings: LinkageSettings;
}

/**
 * Links the records of files and compares the result with the truth, without any engine or lake.
 *
 * @throws HubError those of `openEventsFile`; `COLUMN_MISSING` and `FIELDS_MISSING`, naming the option or setting
 */
export async function evaluateFile(question: EvaluationQuestion): Promise<Evaluation> {
  const temp = await mkdtemp(join(tmpdir(), 'hub-identity-'));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '700MB', temp_directory: temp });
  const connection = await instance.connect();
  try {
    const clock = new StageClock();
    const relations: string[] = [];
    const wanted = { '--id': question.id, '--truth': question.truth };
    for (const input of question.inputs) relations.push(await relationOf(connection, input, wanted, temp));
    const from = `(${relations.map((relation) => `SELECT * FROM ${relation}`).join(' UNION ALL BY NAME ')}) AS records`;
    const sizes = await Promise.all(relations.map((relation) => countOf(connection, relation)));
    const records = sizes.reduce((sum, size) => sum + size, 0);
    const settings = question.settings ?? (await inferSettings(connection, from, Object.values(wanted)));
    await refuseUnknownColumns(connection, from, settings);
    const compared = await readRecords(connection, { from, records, ofFirstFile: sizes[0] ?? 0 }, settings.fields);
    clock.finish('load');
    const linkage = link(compared, settings, (stage) => clock.finish(stage));
    const people = await peopleOf(connection, from, question.truth, records);
    return {
      records,
      people: new Set(people).size,
      pairs: pairAccuracy(linkage, people, settings.threshold, compared.table.files),
      clusters: clusterAccuracy(linkage.clusters, people),
      rules: linkage.rules.map(({ name, pairs }) => ({ name, pairs })),
      rounds: linkage.rounds,
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

/**
 * A file as something to select from, its columns without the spaces that some put around their names.
 *
 * @param wanted columns that must be there, by the option that names them
 */
export async function relationOf(
  connection: DuckDBConnection,
  input: string,
  wanted: Readonly<Record<string, string>>,
  temp: string,
): Promise<string> {
  const file = await openEventsFile(input, undefined, () => Promise.resolve(temp));
  const source = sourceSql(file);
  const columns = await readable(input, async () =>
    (await connection.runAndReadAll(`SELECT * FROM ${source} LIMIT 0`)).columnNames(),
  );
  const names = columns.map((column) => column.trim());
  for (const [option, name] of Object.entries(wanted)) {
    if (!names.includes(name)) {
      throw new HubError('COLUMN_MISSING', `${option}: ${input} has no column "${name}"${didYouMean(name, names)}`, {
        field: option,
      });
    }
  }
  const renamed = columns.map((column, index) => `${identifier(column)}::VARCHAR AS ${identifier(names[index]!)}`);
  return `(SELECT ${renamed.join(', ')} FROM ${source})`;
}

function sourceSql({ path, format }: EventsFile): string {
  const file = literal(path);
  if (format === 'csv') return `read_csv(${file}, all_varchar = true, header = true)`;
  return format === 'ndjson' ? `read_json(${file}, format = 'newline_delimited')` : `read_parquet(${file})`;
}

export async function countOf(connection: DuckDBConnection, relation: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${relation}`);
  return Number(reader.getRows()[0]?.[0]);
}

const SAMPLED_ROWS = 2_000;

/** @param leftOut columns that say nothing of a person */
export async function inferSettings(
  connection: DuckDBConnection,
  from: string,
  leftOut: readonly string[],
): Promise<LinkageSettings> {
  const sample = await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT ${SAMPLED_ROWS}`);
  const values = sample.getColumnsJS() as (string | null)[][];
  const columns = sample.columnNames().map((name, index) => ({ name, values: values[index] ?? [] }));
  const fields = inferFields(columns.filter(({ name }) => !leftOut.includes(name)));
  if (fields.length === 0) {
    throw new HubError(
      'FIELDS_MISSING',
      'settings.fields: no column says anything of a person; name them with --settings',
      {
        field: 'settings.fields',
      },
    );
  }
  return linkageSettings.parse({ fields });
}

/** @throws HubError `COLUMN_MISSING` naming the setting */
export async function refuseUnknownColumns(
  connection: DuckDBConnection,
  from: string,
  { fields }: LinkageSettings,
): Promise<void> {
  const names = (await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT 0`)).columnNames();
  fields.forEach(({ column }, index) => {
    if (names.includes(column)) return;
    const field = `settings.fields.${index}.column`;
    throw new HubError('COLUMN_MISSING', `${field}: there is no column "${column}"${didYouMean(column, names)}`, {
      field,
    });
  });
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
  let [found, hits] = [0, 0];
  order.forEach((vector, rank) => {
    found += vectors.counts[vector]!;
    hits += right[vector]!;
    const accuracy = accuracyOf(hits, found, wanted);
    if (weights[vector]! > threshold) at = accuracy;
    const isLast = weights[order[rank + 1] ?? -1] !== weights[vector];
    if (isLast && accuracy.f1 > best.f1) best = { ...accuracy, threshold: weights[vector]! };
  });
  return {
    ...at,
    bestF1: best.f1,
    bestThreshold: best.threshold,
    compared: pairs.size,
    distinctVectors: vectors.size,
    blockingRecall: wanted === 0 ? 1 : blocked / wanted,
  };
}

/** Pairs of records of one person; of two files, those with a record of each. */
function wantedPairs(people: Uint32Array, files: Uint8Array | undefined): number {
  const counts = new Map<number, [number, number]>();
  for (let record = 0; record < people.length; record++) {
    const own = counts.get(people[record] as number) ?? [0, 0];
    own[files?.[record] ?? 0]!++;
    counts.set(people[record] as number, own);
  }
  let pairs = 0;
  for (const [first, second] of counts.values())
    pairs += files === undefined ? (first * (first - 1)) / 2 : first * second;
  return pairs;
}
