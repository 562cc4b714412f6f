import type { ListDialect } from './dialects';
import type { LakeDialect } from './lake-dialect';
import { duckDbWordSimilarity } from './duckdb-word-similarity';
import { literal } from './quote';
import { someOfEach, wordTable } from './word-table';

const JOURNEY_STEPS = `SELECT customer_id, unnest(range(1, len(word) + 1)) AS place, unnest(word)::INTEGER AS code,
    unnest(times) AS at_ms, unnest(channels) AS channel FROM journeys`;

const LISTS: ListDialect = {
  list: (items) => `[${items.join(', ')}]`,
  length: (list) => `len(${list})`,
  item: (list, index) => `${list}[${index}]`,
  ascending: (expression) => `list_sort(list(${expression}))`,
};

export const duckDbDialect: LakeDialect = {
  name: 'duckdb',
  ...wordTable,
  fence: '',
  similarity: {
    jaroWinkler: (a, b) => `jaro_winkler_similarity(${duckDbText(a)}, ${duckDbText(b)})`,
    words: (a, b) => duckDbWordSimilarity(duckDbText(a), duckDbText(b)),
  },
  journeySteps: JOURNEY_STEPS,
  // Measured, looking into every word takes as long as unfolding it.
  journeyStepsWith: () => JOURNEY_STEPS,
  // Unfolding only what is near measured far faster than to unfold all and look for it.
  stepsAround: ({ from, to = '', channels }) => `SELECT customer_id, anchor, anchor_at,
    unnest(range(first, first + len(codes))) AS place, unnest(codes)::INTEGER AS code, unnest(times) AS at_ms
    ${channels ? ', unnest(channels) AS channel' : ''}
  FROM (SELECT customer_id, anchor, anchor_at, ${from} AS first, word[${from}:${to}] AS codes, times[${from}:${to}] AS times
    ${channels ? `, channels[${from}:${to}] AS channels` : ''} FROM anchors JOIN journeys USING (customer_id)) AS near_anchor`,
  type: (portable) => portable,
  daysBetween: (from, to) => `date_diff('day', CAST(${from} AS DATE), CAST(${to} AS DATE))`,
  hoursBetween: (from, to) => `(date_diff('millisecond', ${from}, ${to}) / 3600000.0)::DOUBLE`,
  lastOf: (value, order) =>
    `arg_max(${value}, {${order.map((column, place) => `o${place}: ${column}`).join(', ')}}) FILTER (WHERE ${value} IS NOT NULL)`,
  timestampOf: (epochMs) => `make_timestamp((${epochMs})::BIGINT * 1000)`,
  numbers: (list, type) => `${list}::${type}[]`,
  placesAmong: (list, texts) =>
    `list_transform(${list}, lambda item: coalesce(list_position([${texts.map(literal).join(', ')}]::VARCHAR[], item), 0) - 1)`,
  fail: (message) => `error(${message})`,
  listOf: (json, type) => `from_json(${json}, '["${type}"]')`,
  median: (expression) => `median(${expression})::DOUBLE`,
  distinctTexts: (expression) => `string_agg(DISTINCT ${expression}, ',' ORDER BY ${expression})`,
  jsonValue: (json, name) => `json_extract_string(${json}, ${literal(`$.${JSON.stringify(name)}`)})`,
  jsonNames: (json) => `to_json(list_distinct(flatten(list(json_keys(${json})))))::VARCHAR`,
  eachJsonName: (json, table) => `SELECT unnest(json_keys(${json})) AS name FROM ${table} WHERE ${json} IS NOT NULL`,
  isInPart: (text, parts, part) => `hash(${text}) % ${parts} = ${part}`,
  // Sorting lists of structs measured faster, and far smaller, than ordered aggregates.
  encodeJourneys: (steps) => `SELECT customer_id, list_transform(journey, step -> step.code) AS word,
  list_transform(journey, step -> step.time_us // 1000) AS times, list_transform(journey, step -> step.channel) AS channels
FROM (
  SELECT customer_id, list_sort(list({
    'time_us': epoch_us(occurred_at), 'position': position, 'file_row': file_row, 'code': code, 'channel': channel
  })) AS journey FROM (${steps}) AS step GROUP BY customer_id
) AS walked`,
  lists: LISTS,
  words: {
    lastAsText: (characters, steps) =>
      `array_to_string(list_transform(word[-${steps}:], lambda code: substr(${literal(characters)}, code + 1, 1)), '')`,
    last: (list) => `${list}[-1]`,
    json: (list) => `to_json(${list})::VARCHAR`,
    levenshtein: (a, b) => `levenshtein(${a}, ${b})`,
  },
  milestones: {
    ...LISTS,
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
    eachOf: (list, as, columns, from) => `SELECT ${columns}, unnest(${list}) AS ${as} FROM ${from}`,
  },
};

function duckDbText(hexadecimal: string): string {
  return `decode(unhex(${hexadecimal}))`;
}
