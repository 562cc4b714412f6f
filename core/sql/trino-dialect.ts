import type { ListDialect } from './dialects';
import type { LakeDialect } from './lake-dialect';
import { literal } from './quote';
import { someOfEach, wordTable } from './word-table';

const TYPES: Readonly<Record<string, string>> = {
  TIMESTAMP: 'TIMESTAMP(6)',
  'INTEGER[]': 'ARRAY(INTEGER)',
  'USMALLINT[]': 'ARRAY(INTEGER)',
  'BIGINT[]': 'ARRAY(BIGINT)',
  'VARCHAR[]': 'ARRAY(VARCHAR)',
};

/** Exact, as a quotient of seconds is not. */
function epochMs(timestamp: string): string {
  return `date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00', ${timestamp})`;
}

function jsonKeys(json: string): string {
  return `map_keys(CAST(json_parse(${json}) AS MAP(VARCHAR, JSON)))`;
}

const JOURNEY_STEPS = `SELECT customer_id, place, code, at_ms, channel FROM journeys
    CROSS JOIN UNNEST(word, times, channels) WITH ORDINALITY AS step (code, at_ms, channel, place)`;

const LISTS: ListDialect = {
  list: (items) => `ARRAY[${items.join(', ')}]`,
  length: (list) => `cardinality(${list})`,
  item: (list, index) => `element_at(${list}, ${index})`,
  ascending: (expression) => `array_sort(array_agg(${expression}))`,
};

function json(list: string): string {
  return `json_format(CAST(${list} AS JSON))`;
}

/** The first or last place of one step in every word: looked for without making a list of places, in half the time. */
function placesOf(event: number, occurrence: 'first' | 'last', among: string): string {
  const place =
    occurrence === 'first'
      ? `array_position(word, ${event})`
      : `cardinality(word) + 1 - array_position(reverse(word), ${event})`;
  return `SELECT customer_id, anchor, element_at(times, anchor) AS anchor_at, word, times, channels
FROM (SELECT customer_id, word, times, channels, ${place} AS anchor FROM journeys
  WHERE contains(word, ${event}) AND ${among}) AS found`;
}

/** Trino, and so Athena. */
export const trinoDialect: LakeDialect = {
  name: 'trino',
  ...wordTable,
  fence: '',
  // Athena's; Trino itself takes a million.
  longestQuery: 262_144,
  journeySteps: JOURNEY_STEPS,
  journeyStepsWith: (codes) => `${JOURNEY_STEPS} WHERE arrays_overlap(word, ARRAY[${codes.join(', ')}])`,
  anchorsInWords: ({ events, occurrence, isAny, condition, among }) => {
    if (isAny && events.length === 1 && occurrence !== 'every') return placesOf(events[0]!, occurrence, among);
    const step = condition({
      code: 'element_at(word, place)',
      at_ms: 'element_at(times, place)',
      channel: 'element_at(channels, place)',
    });
    const places = `filter(sequence(1, cardinality(word)), place -> ${step})`;
    // A list without items has no last one, and unfolds to nothing.
    const wanted = occurrence === 'every' ? places : `slice(${places}, ${occurrence === 'first' ? 1 : -1}, 1)`;
    return `SELECT customer_id, anchor, element_at(times, anchor) AS anchor_at, word, times, channels
FROM journeys CROSS JOIN UNNEST(${wanted}) AS found (anchor)
WHERE arrays_overlap(word, ARRAY[${events.join(', ')}]) AND ${among}`;
  },
  stepsAround: ({ from, to, channels, inWords }) => {
    const length = to === undefined ? 'cardinality(word)' : `${to} - (${from}) + 1`;
    const lists = ['word', 'times', ...(channels ? ['channels'] : [])];
    return `SELECT customer_id, anchor, anchor_at, ${from} + nth - 1 AS place, code, at_ms${channels ? ', channel' : ''}
  FROM anchors${inWords ? '' : ' JOIN journeys USING (customer_id)'}
    CROSS JOIN UNNEST(${lists.map((list) => `slice(${list}, ${from}, ${length})`).join(', ')})
      WITH ORDINALITY AS step (code, at_ms${channels ? ', channel' : ''}, nth)`;
  },
  type: (portable) => TYPES[portable] ?? portable,
  daysBetween: (from, to) => `date_diff('day', CAST(${from} AS DATE), CAST(${to} AS DATE))`,
  hoursBetween: (from, to) => `date_diff('millisecond', ${from}, ${to}) / 3.6E6`,
  lastOf: (value, order) => `max_by(${value}, ROW(${order.join(', ')})) FILTER (WHERE ${value} IS NOT NULL)`,
  timestampOf: (epochMs) =>
    `CAST(from_unixtime_nanos(CAST(${epochMs} AS BIGINT) * 1000000) AT TIME ZONE 'UTC' AS TIMESTAMP(6))`,
  numbers: (list) => json(list),
  placesAmong: (list, texts) => {
    const among = `CAST(ARRAY[${texts.map(literal).join(', ')}] AS ARRAY(VARCHAR))`;
    return `transform(${list}, item -> coalesce(array_position(${among}, item), 0) - 1)`;
  },
  fail: (message) => `fail(${message})`,
  listOf: (json, type) => `CAST(json_parse(${json}) AS ARRAY(${TYPES[type] ?? type}))`,
  median: (expression) => {
    const sorted = `array_sort(array_agg(${expression}) FILTER (WHERE ${expression} IS NOT NULL))`;
    const middle = (place: string) => `element_at(${sorted}, ${place})`;
    return `CAST(${middle(`(count(${expression}) + 1) / 2`)} + ${middle(`count(${expression}) / 2 + 1`)} AS DOUBLE) / 2`;
  },
  distinctTexts: (expression) => `array_join(array_sort(array_agg(DISTINCT ${expression})), ',')`,
  jsonValue: (json, name) => `json_extract_scalar(${json}, ${literal(`$[${JSON.stringify(name)}]`)})`,
  jsonNames: (json) => `json_format(CAST(array_distinct(flatten(coalesce(
    array_agg(${jsonKeys(json)}) FILTER (WHERE ${json} IS NOT NULL), ARRAY[]))) AS JSON))`,
  eachJsonName: (json, table) =>
    `SELECT name FROM ${table} CROSS JOIN UNNEST(${jsonKeys(json)}) AS named (name) WHERE ${json} IS NOT NULL`,
  isInPart: (text, parts, part) => `mod(abs(from_big_endian_64(xxhash64(to_utf8(${text}))) / 2), ${parts}) = ${part}`,
  encodeJourneys: (steps) => `SELECT customer_id, transform(journey, step -> step.code) AS word,
  transform(journey, step -> ${epochMs('step.occurred_at')}) AS times, transform(journey, step -> step.channel) AS channels
FROM (
  SELECT customer_id, array_sort(array_agg(CAST(ROW(occurred_at, position, file_row, code, channel)
    AS ROW(occurred_at TIMESTAMP(6), position BIGINT, file_row BIGINT, code INTEGER, channel VARCHAR)))) AS journey
  FROM (${steps}) AS step GROUP BY customer_id
) AS walked`,
  lists: LISTS,
  words: {
    lastAsText: (characters, steps) => {
      const last = `slice(word, greatest(cardinality(word) - ${steps - 1}, 1), ${steps})`;
      return `array_join(transform(${last}, code -> substr(${literal(characters)}, code + 1, 1)), '')`;
    },
    last: (list) => `element_at(${list}, -1)`,
    json,
    levenshtein: (a, b) => `levenshtein_distance(${a}, ${b})`,
  },
  milestones: {
    ...LISTS,
    inlinesTables: true,
    stepsOfJourneysWith: (
      codes,
      channels,
    ) => `SELECT customer_id, code, at_ms, ${channels ? 'channel' : 'CAST(NULL AS VARCHAR) AS channel'} FROM journeys
    CROSS JOIN UNNEST(word, times${channels ? ', channels' : ''}) AS step (code, at_ms${channels ? ', channel' : ''})
  WHERE ${someOfEach(codes, (list) => `arrays_overlap(word, ARRAY[${list}])`)}`,
    epochMs,
    attribute: (attributes, name) => `json_extract_scalar(${attributes}, ${literal(`$.${name}`)})`,
    fits: (text, pattern) => `regexp_like(${text}, ${literal(pattern)})`,
    cooledDown: (times, rest) => `reduce(${times}, ARRAY[],
    (kept, t) -> IF(cardinality(kept) = 0 OR t - element_at(kept, -1) >= ${rest}, kept || t, kept), kept -> kept)`,
    eachOf: (list, as, columns, from) =>
      `SELECT ${columns}, ${as} FROM ${from} CROSS JOIN UNNEST(${list}) AS each_of (${as})`,
  },
};
