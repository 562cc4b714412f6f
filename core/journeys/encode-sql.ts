import type { LakeCommitQueries } from '../lake/queries';

/** Events that one pass encodes: bounds the memory of the lists under way. */
export const EVENTS_PER_PART = 4_000_000;

/**
 * Encodes every customer's journey as a word: codes of the alphabet `steps` in the order of time; equal times keep the
 * order of source, file and row. Step types keep the code they once got, so that stored words stay readable.
 *
 * @param parts in how many parts the customers are encoded, one after the other
 */
export function encodeJourneysQueries(parts: number): LakeCommitQueries {
  const part = Array.from({ length: parts }, (_, index) => index);
  return {
    prepare: [
      { name: 'alphabet', select: ALPHABET },
      { name: 'file_order', select: FILE_ORDER },
    ],
    writes: [
      { table: 'steps', mode: 'replace', select: 'SELECT code, type FROM alphabet ORDER BY code' },
      ...part.map((index) => ({ table: 'journeys' as const, mode: 'replace' as const, select: words(parts, index) })),
    ],
  };
}

const ALPHABET = `SELECT code, type FROM steps
UNION ALL
SELECT (SELECT count(*) FROM steps) + row_number() OVER (ORDER BY type) - 1 AS code, type
FROM (SELECT DISTINCT type FROM events WHERE type NOT IN (SELECT type FROM steps)) AS unseen`;

const FILE_ORDER = `SELECT source, path AS file, row_number() OVER (ORDER BY source, path) AS position
FROM (SELECT DISTINCT source, path FROM files) AS landed`;

/** Sorting lists of structs per customer measured faster, and far smaller, than ordered aggregates (see DESIGN). */
function words(parts: number, index: number): string {
  return `SELECT customer_id, list_transform(journey, step -> step.code) AS word,
  list_transform(journey, step -> step.time_us // 1000) AS times,
  list_transform(journey, step -> step.channel) AS channels
FROM (
  SELECT customer_id, list_sort(list({
    'time_us': epoch_us(occurred_at), 'position': position, 'file_row': file_row, 'code': code, 'channel': channel
  })) AS journey
  FROM events
  JOIN identities USING (profile_id)
  JOIN alphabet USING (type)
  JOIN file_order ON file_order.source = events.source AND file_order.file = events.file
  WHERE hash(customer_id) % ${parts} = ${index}
  GROUP BY customer_id
) AS walked
ORDER BY customer_id`;
}
