import type { ListDialect, MilestoneDialect, WordDialect } from './dialects';
import type { KpiDialect } from './kpi-dialect';
import { identifier } from './quote';

/**
 * What engines of a lake say differently, beyond what questions about journeys need. Queries over the lake's tables are
 * written in what all of them understand (CAST, FILTER (WHERE …), no QUALIFY, no `::`, no columns named both in USING and
 * by their table), and take the rest from here.
 */
export interface LakeDialect extends KpiDialect {
  readonly lists: ListDialect;
  readonly words: WordDialect;
  readonly milestones: MilestoneDialect;
  /** Of a group the value of the row that sorts last by some columns without nulls, among the rows that have one. */
  lastOf(value: string, order: readonly string[]): string;
  /** Epoch milliseconds as a timestamp in UTC. */
  timestampOf(epochMs: string): string;
  /** A list of numbers as a column that a lake streams: as typed arrays where the engine hands those over, else as JSON. */
  numbers(list: string, type: 'INTEGER' | 'DOUBLE'): string;
  /** The list that has, for every item of a list of texts, its place among some texts: from 0, and -1 for any other. */
  placesAmong(list: string, texts: readonly string[]): string;
  /** Ends the query with a message, where it comes to be computed. */
  fail(message: string): string;
  /** A list that is told as JSON; of a type of core/lake/tables.ts. */
  listOf(json: string, type: string): string;
  /** The middle of a group's numbers as a DOUBLE, or the mean of the two in the middle. */
  median(expression: string): string;
  /** A group's different texts in the order of code points, with commas between them. */
  distinctTexts(expression: string): string;
  /** A value of a JSON object as text, by any name. */
  jsonValue(json: string, name: string): string;
  /** The different names that a group's JSON objects have, as a JSON list; nulls are passed over. */
  jsonNames(json: string): string;
  /** A row for each name of a table's JSON objects, as `name`. */
  eachJsonName(json: string, table: string): string;
  /** Whether a text belongs to one of so many parts of about the same size, the first being 0. */
  isInPart(text: string, parts: number, part: number): string;
  /**
   * Journeys as words: `customer_id`, `word`, `times`, `channels`, of rows with `customer_id`, `occurred_at`, `position`,
   * `file_row`, `code`, `channel`, in the order of time, position and row.
   */
  encodeJourneys(steps: string): string;
}

/** A query without rows that has some columns, given as types of core/lake/tables.ts. */
export function noRows(columns: Readonly<Record<string, string>>, { type }: Pick<KpiDialect, 'type'>): string {
  const empty = Object.entries(columns).map(
    ([name, portable]) => `CAST(NULL AS ${type(portable)}) AS ${identifier(name)}`,
  );
  return `SELECT ${empty.join(', ')} WHERE false`;
}
