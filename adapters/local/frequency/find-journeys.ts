import type { DuckDBConnection } from '@duckdb/node-api';
import { cutJourneys } from '../../../core/frequency/journey-windows';
import { joinSlices } from '../../../core/frequency/tally-journeys';
import type { JourneySlices } from '../../../core/frequency/tally-journeys';
import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { eventsSql, ownersSql } from './events-sql';
import { readable } from './file-errors';
import type { LoadedEvents } from './load-events';
import { readEvents } from './read-events';

/** Rows that may be in memory at once, some 60 bytes each: larger files are read more than once, a part of the customers each time. */
export const ROWS_PER_PASS = 25_000_000;

/**
 * Cuts the journey of every customer who had the event of interest. DuckDB finds these customers and all their events;
 * the rest is done on typed arrays, which measured faster than any of DuckDB's aggregates and windows.
 */
export async function findJourneys(
  connection: DuckDBConnection,
  loaded: LoadedEvents,
  question: JourneyFrequencyQuestion,
  rowsPerPass: number,
): Promise<JourneySlices> {
  const { file, relation, rows, alphabet } = loaded;
  if (!alphabet.includes(question.event)) return joinSlices(alphabet, []);
  await readable(file.name, () => connection.run(ownersSql(relation, question.event)));
  const owners = await connection.runAndReadAll('SELECT count(*) FROM owners');
  const customers = Number(owners.getRows()[0]?.[0]);
  const parts = Math.ceil(rows / rowsPerPass);
  const slices: JourneySlices[] = [];
  for (let part = 0; part < parts; part++) {
    const sql = eventsSql(loaded, parts, part);
    const batches = await readable(file.name, () => readEvents(connection, sql));
    slices.push(cutJourneys(batches, customers, alphabet, question));
  }
  return joinSlices(alphabet, slices);
}
