import { duckDbWordSimilarity } from './duckdb-word-similarity';
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
  /**
   * What ends a query whose columns are computed once, where an optimiser would put their expressions in every place that
   * names them.
   */
  readonly fence: string;
  /** In characters, where there is a limit that queries reach. */
  readonly longestQuery?: number;
  /** Absent where only edits of texts can be counted. */
  readonly similarity?: SimilarityDialect;
  /** Absent where journeys are no words, or cannot be compared. */
  readonly words?: WordDialect;
  /** Absent where windows over time and attributes of events cannot be asked for. */
  readonly milestones?: MilestoneDialect;
}

/** Similarities of two texts of bytes in hexadecimal, equal to those of core/identity/comparison to their last bit. */
export interface SimilarityDialect {
  jaroWinkler(a: string, b: string): string;
  /** Of their words, in any order. */
  words(a: string, b: string): string;
}

/** What milestones need to say of the tables `journeys`, `events` and `profiles`. */
export interface MilestoneDialect {
  /** Whether a common table expression is computed as often as it is named: long queries must then be taken apart. */
  readonly inlinesTables: boolean;
  /**
   * As `journeySteps` but for places, of the journeys that hold, of every list, one of the codes at least.
   * @param channels whether they are asked for, which costs as much as the rest
   */
  stepsOfJourneysWith(codes: readonly (readonly number[])[], channels: boolean): string;
  /** A timestamp in UTC as epoch milliseconds. */
  epochMs(timestamp: string): string;
  /** An attribute as text, of a JSON object as text. `name` is snake_case. */
  attribute(attributes: string, name: string): string;
  /** Whether a text fits a regular expression from its start to its end. */
  fits(text: string, pattern: string): string;
  /** Of an ascending list of times, those that are `rest` or more after the one kept before them. */
  cooledDown(times: string, rest: number): string;
  /** The numbers of a group as an ascending list. */
  ascending(expression: string): string;
  /** An item of a list, counted from 1. */
  item(list: string, index: number): string;
  /** A row for every item of a list: what is selected beside the given columns, and from what. */
  eachOf(list: string, as: string, columns: string, from: string): string;
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

/** What is true of every journey that a condition on its word leaves. */
function someOfEach(codes: readonly (readonly number[])[], condition: (codes: string) => string): string {
  return codes.length === 0 ? 'true' : codes.map((list) => condition(list.join(', '))).join(' AND ');
}

const wordTable = {
  journeyCustomers: 'SELECT customer_id FROM journeys',
  constants: (columns: readonly string[], rows: readonly (readonly SqlConstant[])[]) =>
    `SELECT * FROM (VALUES ${rows.map((row) => `(${row.map(constant).join(', ')})`).join(', ')}) AS known (${columns.join(', ')})`,
};

export const duckDbDialect: SqlDialect = {
  name: 'duckdb',
  ...wordTable,
  fence: '',
  similarity: {
    jaroWinkler: (a, b) => `jaro_winkler_similarity(${duckDbText(a)}, ${duckDbText(b)})`,
    words: (a, b) => duckDbWordSimilarity(duckDbText(a), duckDbText(b)),
  },
  journeySteps: `SELECT customer_id, unnest(range(1, len(word) + 1)) AS place, unnest(word)::INTEGER AS code,
    unnest(times) AS at_ms, unnest(channels) AS channel FROM journeys`,
  words: {
    lastAsText: (characters, steps) =>
      `array_to_string(list_transform(word[-${steps}:], lambda code: substr(${literal(characters)}, code + 1, 1)), '')`,
    last: (list) => `${list}[-1]`,
    levenshtein: (a, b) => `levenshtein(${a}, ${b})`,
  },
  milestones: {
    inlinesTables: true,
    stepsOfJourneysWith: (
      codes,
      channels,
    ) => `SELECT customer_id, unnest(word)::INTEGER AS code, unnest(times) AS at_ms,
    ${channels ? 'unnest(channels)' : 'NULL::VARCHAR'} AS channel FROM journeys
  WHERE ${someOfEach(codes, (list) => `list_has_any(word, [${list}]::USMALLINT[])`)}`,
    epochMs: (timestamp) => `epoch_ms(${timestamp})`,
    attribute: (attributes, name) => `json_extract_string(${attributes}, ${literal(`$.${name}`)})`,
    fits: (text, pattern) => `regexp_matches(${text}, ${literal(pattern)})`,
    cooledDown: (times, rest) => `list_reduce(list_transform(${times}, lambda t: [t]),
    lambda kept, t: CASE WHEN t[1] - kept[-1] >= ${rest} THEN list_concat(kept, t) ELSE kept END)`,
    ascending: (expression) => `list_sort(list(${expression}))`,
    item: (list, index) => `${list}[${index}]`,
    eachOf: (list, as, columns, from) => `SELECT ${columns}, unnest(${list}) AS ${as} FROM ${from}`,
  },
};

/** Trino, and so Athena. */
export const trinoDialect: SqlDialect = {
  name: 'trino',
  ...wordTable,
  fence: '',
  // Athena's; Trino itself takes a million.
  longestQuery: 262_144,
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
  milestones: {
    inlinesTables: true,
    stepsOfJourneysWith: (
      codes,
      channels,
    ) => `SELECT customer_id, code, at_ms, ${channels ? 'channel' : 'CAST(NULL AS VARCHAR) AS channel'} FROM journeys
    CROSS JOIN UNNEST(word, times${channels ? ', channels' : ''}) AS step (code, at_ms${channels ? ', channel' : ''})
  WHERE ${someOfEach(codes, (list) => `arrays_overlap(word, ARRAY[${list}])`)}`,
    epochMs: (timestamp) => `CAST(to_unixtime(${timestamp}) * 1000 AS BIGINT)`,
    attribute: (attributes, name) => `json_extract_scalar(${attributes}, ${literal(`$.${name}`)})`,
    fits: (text, pattern) => `regexp_like(${text}, ${literal(pattern)})`,
    cooledDown: (times, rest) => `reduce(${times}, ARRAY[],
    (kept, t) -> IF(cardinality(kept) = 0 OR t - element_at(kept, -1) >= ${rest}, kept || t, kept), kept -> kept)`,
    ascending: (expression) => `array_sort(array_agg(${expression}))`,
    item: (list, index) => `element_at(${list}, ${index})`,
    eachOf: (list, as, columns, from) =>
      `SELECT ${columns}, ${as} FROM ${from} CROSS JOIN UNNEST(${list}) AS each_of (${as})`,
  },
};

/** Redshift, and PostgreSQL: neither has arrays to unnest in common, so the KPI store keeps journeys a step a row. */
export const redshiftDialect: SqlDialect = {
  name: 'redshift',
  fence: ' OFFSET 0',
  journeySteps: 'SELECT customer_id, place, code, at_ms, channel FROM journey_steps',
  journeyCustomers: 'SELECT DISTINCT customer_id FROM journey_steps',
  constants: (columns, rows) =>
    rows
      .map((row) => `SELECT ${row.map((value, index) => `${constant(value)} AS ${columns[index]}`).join(', ')}`)
      .join(' UNION ALL '),
};

function duckDbText(hexadecimal: string): string {
  return `decode(unhex(${hexadecimal}))`;
}

function constant(value: SqlConstant): string {
  return typeof value === 'number' ? String(value) : literal(value);
}
