import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';
import { amongBatches, type LakeCommitQueries, type PendingBatches } from '../lake/queries';

/** Events that one pass encodes: bounds the memory of the lists under way. */
export const EVENTS_PER_PART = 2_000_000;

/**
 * Encodes the journeys of the customers whom pending batches concern as words: codes of the alphabet `steps` in the
 * order of time; equal times keep the order of source, file and row. The other journeys stay as they are, and so do the
 * codes of step types, for their sake.
 *
 * @param parts in how many parts the customers are encoded, one after the other
 * @param encoding names this encoding in every journey it makes: who holds journeys in memory sees by it which changed
 */
export function encodeJourneysQueries(
  pending: PendingBatches,
  parts: number,
  encoding: string,
  dialect: LakeDialect,
): LakeCommitQueries {
  const part = Array.from({ length: parts }, (_, index) => index);
  const journeys = { table: 'journeys', mode: 'replace' } as const;
  return {
    prepare: [
      { name: 'changed', select: changedCustomersSql(pending) },
      { name: 'alphabet', select: ALPHABET },
      { name: 'file_order', select: FILE_ORDER },
    ],
    writes: [
      { table: 'steps', mode: 'replace', select: 'SELECT code, type FROM alphabet ORDER BY code' },
      { ...journeys, select: 'SELECT * FROM journeys WHERE customer_id NOT IN (SELECT customer_id FROM changed)' },
      ...part.map((index) => ({ ...journeys, select: words(parts, index, encoding, dialect) })),
    ],
  };
}

/** The customers (`customer_id`) who did something, or gained or lost a profile; also those who are no more. */
export function changedCustomersSql({ landed, identity }: PendingBatches): string {
  const moved = `FROM identity_changes WHERE ${amongBatches(identity)}`;
  return `SELECT customer_id FROM identities
WHERE profile_id IN (SELECT profile_id FROM events WHERE ${amongBatches(landed)})
UNION SELECT to_customer ${moved}
UNION SELECT from_customer ${moved} AND from_customer IS NOT NULL`;
}

/** How many events the changed customers have, as a query with the column `events`. */
export function changedEventsSql(pending: PendingBatches): string {
  return `SELECT count(*) AS events FROM events JOIN identities USING (profile_id)
WHERE customer_id IN (${changedCustomersSql(pending)})`;
}

const ALPHABET = `SELECT code, type FROM steps
UNION ALL
SELECT (SELECT count(*) FROM steps) + row_number() OVER (ORDER BY type) - 1 AS code, type
FROM (SELECT DISTINCT type FROM events WHERE type NOT IN (SELECT type FROM steps)) AS unseen`;

const FILE_ORDER = `SELECT source, path AS file, row_number() OVER (ORDER BY source, path) AS position
FROM (SELECT DISTINCT source, path FROM files) AS landed`;

function words(parts: number, part: number, encoding: string, dialect: LakeDialect): string {
  const steps = `SELECT customer_id, occurred_at, position, file_row, code, channel FROM events
  JOIN identities ON identities.profile_id = events.profile_id
  JOIN alphabet ON alphabet.type = events.type
  JOIN file_order ON file_order.source = events.source AND file_order.file = events.file
  WHERE customer_id IN (SELECT customer_id FROM changed) AND ${dialect.isInPart('customer_id', parts, part)}`;
  return `SELECT customer_id, word, times, channels, ${literal(encoding)} AS encoding
FROM (${dialect.encodeJourneys(steps)}) AS encoded ORDER BY customer_id`;
}
