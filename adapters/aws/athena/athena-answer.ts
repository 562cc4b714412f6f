import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { HubError } from '../../../core/errors';
import { utcDate, utcTime } from '../../../core/sql/answered-times';
import type { ColumnBatch } from '../../../ports/lake';
import type { ColumnInfo, Row } from '@aws-sdk/client-athena';

/** A value as Athena tells it. */
type Text = string | null;
type Read = (text: string) => unknown;

const ROWS = 5_000;

/** Rows of an answer that is small enough for Athena's own interface. */
export function batchOfRows(columns: readonly ColumnInfo[], rows: readonly Row[]): ColumnBatch {
  return batchOf(
    columns,
    rows.map(({ Data: data = [] }) => data.map(({ VarCharValue: value }) => value ?? null)),
  );
}

/** Rows of an answer as Athena writes them to S3, in the order of the query: its header first, nulls without quotes. */
export async function* batchesOfCsv(
  columns: readonly ColumnInfo[],
  csv: AsyncIterable<Uint8Array>,
): AsyncGenerator<ColumnBatch> {
  const records = parse({
    from_line: 2,
    cast: (value, { quoting }) => (quoting ? value : null),
    relax_column_count: false,
  });
  // An error on either side ends both; whoever reads the records is told of it, and whoever stops reading ends the source.
  const fed = pipeline(csv, records);
  fed.catch(() => undefined);
  let rows: Text[][] = [];
  for await (const record of records as AsyncIterable<Text[]>) {
    rows.push(record);
    if (rows.length < ROWS) continue;
    yield batchOf(columns, rows);
    rows = [];
  }
  await fed;
  if (rows.length > 0) yield batchOf(columns, rows);
}

function batchOf(columns: readonly ColumnInfo[], rows: readonly (readonly Text[])[]): ColumnBatch {
  const entries = columns.map(({ Name: name, Type: type }, index) => {
    const read = readerOf(name!, type!);
    return [name!, rows.map((row) => (row[index] === null || row[index] === undefined ? null : read(row[index])))];
  });
  return { rows: rows.length, columns: Object.fromEntries(entries) as ColumnBatch['columns'] };
}

/** @throws HubError LAKE_QUERY_FAILED for lists and the like, whose texts cannot be told apart */
function readerOf(name: string, type: string): Read {
  const read = READERS[type];
  if (read !== undefined) return read;
  if (/^(array|map|row)/.test(type)) {
    const message = `the column "${name}" is of the type ${type}, which Athena tells ambiguously: ask for it as JSON`;
    throw new HubError('LAKE_QUERY_FAILED', message, { field: name });
  }
  return (text) => text;
}

const READERS: Readonly<Record<string, Read>> = {
  bigint: BigInt,
  boolean: (text) => text === 'true',
  date: utcDate,
  decimal: Number,
  double: Number,
  float: Number,
  integer: Number,
  real: Number,
  smallint: Number,
  timestamp: utcTime,
  tinyint: Number,
};
