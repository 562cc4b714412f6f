export type SqlConstant = number | string;

/**
 * What SQL engines say differently. Queries are written in what all of them understand (no FILTER, no QUALIFY, no
 * VALUES, no lambdas), and take the rest from here.
 */
export interface SqlDialect {
  readonly name: 'duckdb' | 'trino' | 'redshift';
  /** Every step of every journey: `customer_id`, `place` (from 1, in the order of time), `code`, `at_ms`, `channel`. */
  readonly journeySteps: string;
  /** The same of the journeys that hold one of some codes at least. */
  journeyStepsWith(codes: readonly number[]): string;
  /**
   * The events of interest: `customer_id`, `anchor` (its place) and `anchor_at` (ms), with the `word`, `times` and `channels`
   * of the journey that each is in. Absent where it is faster to look through the steps.
   */
  anchorsInWords?(search: AnchorSearch): string;
  /**
   * The steps of each of the table `anchors` (customer_id, anchor, anchor_at) from one place to another: with its columns,
   * those of `journeySteps`.
   */
  stepsAround(span: StepSpan): string;
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
  /** Absent where there are none, and journeys are a step a row. */
  readonly lists?: ListDialect;
  /** Absent where only edits of texts can be counted. */
  readonly similarity?: SimilarityDialect;
  /** Absent where journeys are no words, or cannot be compared. */
  readonly words?: WordDialect;
  /** Absent where windows over time and attributes of events cannot be asked for. */
  readonly milestones?: MilestoneDialect;
}

export interface AnchorSearch {
  readonly events: readonly number[];
  readonly occurrence: 'first' | 'last' | 'every';
  /** Whether nothing else must be true of the event. */
  readonly isAny: boolean;
  /** What must be true, of `code`, `at_ms` and `channel`, given as expressions of these names. */
  condition(step: { readonly code: string; readonly at_ms: string; readonly channel: string }): string;
  /** What must be true of `customer_id`. */
  readonly among: string;
}

/** Places of a journey, by expressions of `anchor` that are never below 1. */
export interface StepSpan {
  readonly from: string;
  /** The journey's end, where it is left out or beyond that. */
  readonly to?: string;
  /** Whether `anchors` has the journeys' words. */
  readonly inWords: boolean;
  /** Whether channels are asked for, which costs as much as the rest; `channel` is missing otherwise. */
  readonly channels: boolean;
}

export interface ListDialect {
  list(items: readonly string[]): string;
  length(list: string): string;
  /** An item of a list, counted from 1; none beyond the last. */
  item(list: string, index: number | string): string;
  /** The numbers of a group as an ascending list. */
  ascending(expression: string): string;
}

/** Similarities of two texts of bytes in hexadecimal, equal to those of core/identity/comparison to their last bit. */
export interface SimilarityDialect {
  jaroWinkler(a: string, b: string): string;
  /** Of their words, in any order. */
  words(a: string, b: string): string;
}

/** What milestones need to say of the tables `journeys`, `events` and `profiles`. */
export interface MilestoneDialect extends ListDialect {
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
  /** A row for every item of a list: what is selected beside the given columns, and from what. */
  eachOf(list: string, as: string, columns: string, from: string): string;
}

/** What is said of the table `journeys` (customer_id, word, times, channels). */
export interface WordDialect {
  /** The last `steps` of `word` as a text: the character of code `c` is number `c` (from 0) of `characters`. */
  lastAsText(characters: string, steps: number): string;
  /** The last item of a list. */
  last(list: string): string;
  /** A list as JSON text: what engines make of lists in their answers is not the same, and not always to be read. */
  json(list: string): string;
  /** Levenshtein's distance of two texts of characters of one byte. */
  levenshtein(a: string, b: string): string;
}
