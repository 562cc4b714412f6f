import { literal } from './quote';

export type SqlConstant = number | string;

/**
 * What SQL engines say differently. Queries are written in what all of them understand (no FILTER, no QUALIFY, no
 * VALUES, no lambdas), and take the rest from here.
 */
export interface SqlDialect {
  readonly name: 'duckdb' | 'trino' | 'redshift';
  /** Every step of every journey: `customer_id`, `place` (from 1, in the order of time), `code`, `at_ms`, `channel`. */
  readonly journeySteps: string;
  /** Every customer who has a journey: `customer_id`. */
  readonly journeyCustomers: string;
  /** A query for rows that are known beforehand; at least one. */
  constants(columns: readonly string[], rows: readonly (readonly SqlConstant[])[]): string;
  /** Absent where journeys are no words, or cannot be compared. */
  readonly words?: WordDialect;
}

/** What is said of the table `journeys` (customer_id, word, times, channels). */
export interface WordDialect {
  /** The last `steps` of `word` as a text: the character of code `c` is number `c` (from 0) of `characters`. */
  lastAsText(characters: string, steps: number): string;
  /** The last item of a list. */
  last(list: string): string;
  /** Levenshtein's distance of two texts of characters of one byte. */
  levenshtein(a: string, b: string): string;
}

const wordTable = {
  journeyCustomers: 'SELECT customer_id FROM journeys',
  constants: (columns: readonly string[], rows: readonly (readonly SqlConstant[])[]) =>
    `SELECT * FROM (VALUES ${rows.map((row) => `(${row.map(constant).join(', ')})`).join(', ')}) AS known (${columns.join(', ')})`,
};

export const duckDbDialect: SqlDialect = {
  name: 'duckdb',
  ...wordTable,
  journeySteps: `SELECT customer_id, unnest(range(1, len(word) + 1)) AS place, unnest(word)::INTEGER AS code,
    unnest(times) AS at_ms, unnest(channels) AS channel FROM journeys`,
  words: {
    lastAsText: (characters, steps) =>
      `array_to_string(list_transform(word[-${steps}:], lambda code: substr(${literal(characters)}, code + 1, 1)), '')`,
    last: (list) => `${list}[-1]`,
    levenshtein: (a, b) => `levenshtein(${a}, ${b})`,
  },
};

/** Trino, and so Athena. */
export const trinoDialect: SqlDialect = {
  name: 'trino',
  ...wordTable,
  journeySteps: `SELECT customer_id, place, code, at_ms, channel FROM journeys
    CROSS JOIN UNNEST(word, times, channels) WITH ORDINALITY AS step (code, at_ms, channel, place)`,
  words: {
    lastAsText: (characters, steps) => {
      const last = `slice(word, greatest(cardinality(word) - ${steps - 1}, 1), ${steps})`;
      return `array_join(transform(${last}, code -> substr(${literal(characters)}, code + 1, 1)), '')`;
    },
    last: (list) => `element_at(${list}, -1)`,
    levenshtein: (a, b) => `levenshtein_distance(${a}, ${b})`,
  },
};

/** Redshift, and PostgreSQL: neither has arrays to unnest in common, so the KPI store keeps journeys a step a row. */
export const redshiftDialect: SqlDialect = {
  name: 'redshift',
  journeySteps: 'SELECT customer_id, place, code, at_ms, channel FROM journey_steps',
  journeyCustomers: 'SELECT DISTINCT customer_id FROM journey_steps',
  constants: (columns, rows) =>
    rows
      .map((row) => `SELECT ${row.map((value, index) => `${constant(value)} AS ${columns[index]}`).join(', ')}`)
      .join(' UNION ALL '),
};

function constant(value: SqlConstant): string {
  return typeof value === 'number' ? String(value) : literal(value);
}
