import type { DuckDBConnection } from '@duckdb/node-api';
import { sliceAtFirst } from '../../../core/frequency/count-journeys';
import { joinSlices } from '../../../core/frequency/tally-journeys';
import type { JourneySlices } from '../../../core/frequency/tally-journeys';
import { orderEvents } from '../../../core/journeys/order-events';
import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { eventsSql, ownersSql } from './events-sql';
import { readable } from './file-errors';
import type { LoadedEvents } from './load-events';
import { readEvents } from './read-events';

/** Rows that may be in memory at once, some 60 bytes each: larger files are read more than once. */
export const ROWS_PER_PASS = 25_000_000;

/**
 * Cuts the journey of every customer who had the event of interest. DuckDB finds these customers and all their events;
 * ordering and cutting is done here, on typed arrays: aggregates that order by group took twice as long.
 */
export async function findJourneys(
  connection: DuckDBConnection,
  { file: { name }, relation, rows, alphabet }: LoadedEvents,
  question: JourneyFrequencyQuestion,
  rowsPerPass: number,
): Promise<JourneySlices> {
  const letter = alphabet.indexOf(question.event);
  if (letter < 0) return joinSlices(alphabet, []);
  await readable(name, () => connection.run(ownersSql(relation, question.event)));
  const owners = await connection.runAndReadAll('SELECT count(*) FROM owners');
  const customers = Number(owners.getRows()[0]?.[0]);
  const parts = Math.ceil(rows / rowsPerPass);
  const slices: JourneySlices[] = [];
  for (let part = 0; part < parts; part++) {
    const events = await readable(name, () => readEvents(connection, eventsSql(relation, alphabet, parts, part)));
    const words = { ...orderEvents(events, customers), customers, alphabet };
    slices.push({ alphabet, steps: words.steps, ...sliceAtFirst(words, letter, question) });
  }
  return joinSlices(alphabet, slices);
}
