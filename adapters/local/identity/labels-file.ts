import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import {
  contradictingLabels,
  placeLabels,
  type Label,
  type LabelledPairs,
  type LabelSource,
} from '../../../core/identity/model/labelled-pairs';
import { openRecords } from './records-file';

/** The columns of a file of labels: the names of two records, and whether they are one person. */
export const labelColumns = ['record_a', 'record_b', 'match'] as const;

const YES = ['yes', 'y', 'true', '1'];
const NO = ['no', 'n', 'false', '0'];
/** Of a pair that nobody has said anything of, or that somebody was asked about and cannot tell. */
const OPEN = ['', 'skip'];

/** Labels as they count, and what is to be said of them. */
export interface ReadLabels {
  readonly labelled: LabelledPairs;
  readonly summary: LabelsSummary;
}

export interface LabelsSummary {
  /** Pairs that labels tell something of, and those of them that are one person by their labels. */
  readonly pairs: number;
  readonly matches: number;
  /** Pairs that are two people by their labels, and one by way of others. */
  readonly contradicting: readonly (readonly [a: string, b: string])[];
}

/**
 * Reads the labels of a file for records that are known by their names.
 *
 * @param records by side of a label, the numbers of the records that it may name
 * @param count how many records there are
 * @throws HubError those of `readLabels` and `placeLabels`
 */
export async function readLabelledPairs(
  connection: DuckDBConnection,
  labels: string,
  { temp, records, count }: { readonly temp: string; readonly records: LabelSource['records']; readonly count: number },
): Promise<ReadLabels> {
  const labelled = placeLabels(await readLabels(connection, labels, temp), { labels, records });
  const nameOf = new Map(records.flatMap((side) => [...side].map(([name, number]) => [number, name] as const)));
  const contradicting = contradictingLabels(labelled, count).map(
    (pair) => [nameOf.get(labelled.a[pair]!)!, nameOf.get(labelled.b[pair]!)!] as const,
  );
  const matches = labelled.isMatch.reduce((sum, own) => sum + own, 0);
  return { labelled, summary: { pairs: labelled.isMatch.length, matches, contradicting } };
}

/** The numbers of records by their names, for either side of a label. */
export function numbersOf(ids: readonly string[]): LabelSource['records'] {
  const numbers = new Map(ids.map((id, number) => [id, number]));
  return [numbers, numbers];
}

/**
 * Reads a csv, ndjson or parquet file of labels. Rows that say nothing yet are left out.
 *
 * @throws HubError those of `openRecords`; `LABEL_INVALID` for a `match` that is no answer
 */
async function readLabels(connection: DuckDBConnection, labels: string, temp: string): Promise<Label[]> {
  const { relation } = await openRecords(connection, labels, { '--labels': labelColumns }, temp);
  const result = await connection.runAndReadAll(`SELECT ${labelColumns.join(', ')} FROM ${relation}`);
  const rows = result.getRowsJS() as (string | null)[][];
  return rows.flatMap(([a, b, match], row) => {
    const isMatch = answerOf(match ?? null, row + 1, labels);
    return isMatch === undefined ? [] : [{ a: a ?? '', b: b ?? '', isMatch, row: row + 1 }];
  });
}

/** Whether a label says that two are one person; undefined where it says nothing. */
function answerOf(match: string | null, row: number, labels: string): boolean | undefined {
  const said = (match ?? '').trim().toLowerCase();
  if (OPEN.includes(said)) return undefined;
  if (YES.includes(said) || NO.includes(said)) return YES.includes(said);
  const message = `--labels: ${labels}, row ${row}: match is "${match}"; expected yes, no, skip or nothing`;
  throw new HubError('LABEL_INVALID', message, { field: '--labels' });
}
