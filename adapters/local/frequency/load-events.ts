import type { DuckDBConnection } from '@duckdb/node-api';
import { MAX_ALPHABET, alphabetTooLarge } from '../../../core/journeys/words';
import type { EventsFile } from './events-file';
import type { EventsRelation } from './events-relation';
import { emptyFile, readable } from './file-errors';
import {
  alphabetSql,
  dropUnusableSql,
  eventsSql,
  eventsSummarySql,
  letterSql,
  letterTypeSql,
  parseSql,
  readAlphabetSql,
} from './windows-sql';

/** What is known of the table `events` of `windows-sql.ts`. */
export interface LoadedEvents {
  /** Step types in code-point order; a step's letter is its index. */
  readonly alphabet: readonly string[];
  /** Rows left out for want of a customer, an event, or a readable time. */
  readonly ignoredRows: number;
  /** From the earliest to the latest event, in the unit of `time`; `undefined` when times are not whole numbers. */
  readonly span: bigint | undefined;
}

/**
 * Loads the three columns into the table `events`, in the file's order, each step type as a letter. Reading the
 * alphabet first costs a Parquet file little; a file that must be parsed is parsed once, into a table of its own.
 *
 * @throws HubError `FILE_EMPTY`, `FILE_UNREADABLE`, `ALPHABET_TOO_LARGE`
 */
export async function loadEvents(
  connection: DuckDBConnection,
  file: EventsFile,
  relation: EventsRelation,
): Promise<LoadedEvents> {
  if (relation.isColumnar) return loadLetters(connection, file, relation);
  await readable(file.name, () => connection.run(parseSql(relation)));
  const parsed = { from: 'parsed', customer: 'customer', time: 'time', event: 'event', isColumnar: false };
  const loaded = await loadLetters(connection, file, parsed);
  await connection.run('DROP TABLE parsed');
  return loaded;
}

async function loadLetters(
  connection: DuckDBConnection,
  file: EventsFile,
  relation: EventsRelation,
): Promise<LoadedEvents> {
  await readable(file.name, () => connection.run(alphabetSql(relation)));
  const types = await scalar(connection, 'SELECT count(*) FROM alphabet');
  if (types > MAX_ALPHABET) throw alphabetTooLarge(Number(types));
  await connection.run(letterTypeSql);
  const alphabet = (await connection.runAndReadAll(readAlphabetSql)).getRows().map(([type]) => String(type));
  const letter = letterSql(relation.event, alphabet, relation.isColumnar);
  await readable(file.name, () => connection.run(eventsSql(relation, letter)));
  return { alphabet, ...(await checkRows(connection, file)) };
}

async function checkRows(connection: DuckDBConnection, file: EventsFile): Promise<Omit<LoadedEvents, 'alphabet'>> {
  const summary = (await connection.runAndReadAll(eventsSummarySql)).getRows()[0] ?? [];
  const [rows, customers, times, letters, earliest, latest] = summary;
  if (rows === 0n) throw emptyFile(file.name);
  const isWhole = rows === customers && rows === times && rows === letters;
  return {
    ignoredRows: isWhole ? 0 : Number(await scalar(connection, dropUnusableSql)),
    span: typeof earliest === 'bigint' && typeof latest === 'bigint' ? latest - earliest : undefined,
  };
}

async function scalar(connection: DuckDBConnection, sql: string): Promise<bigint> {
  return (await connection.runAndReadAll(sql)).getRows()[0]?.[0] as bigint;
}
