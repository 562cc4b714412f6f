import { HubError } from '../../core/errors';
import { customerOfProfileSql, goldenRecordSql, profilesOfCustomerSql } from '../../core/journeys/customer-sql';
import type { Lake, ReadOptions } from '../../ports/lake';
import type { JourneyReport, JourneyReportQuestion } from '../../schemas/report';

type Read = Pick<ReadOptions, 'signal'> & { readonly version: number };

/**
 * The hub's id of the customer a report is about.
 *
 * @throws HubError CUSTOMER_UNKNOWN naming the field
 */
export async function reportedCustomer(
  lake: Lake,
  { customer, profile }: JourneyReportQuestion,
  read: Read,
): Promise<string> {
  if (customer !== undefined || profile === undefined) return customer ?? '';
  const [found] = await lake.rows<{ customer_id: string }>(customerOfProfileSql, {
    ...read,
    parameters: { source: profile.source, id: profile.id },
  });
  if (found !== undefined) return found.customer_id;
  throw new HubError('CUSTOMER_UNKNOWN', `profile: "${profile.source}" knows nobody as "${profile.id}"`, {
    field: 'profile',
  });
}

/** Who the customer is, by the golden record and by the sources' profiles. */
export async function whoIs(
  lake: Lake,
  customer: string,
  read: Read,
): Promise<Pick<JourneyReport, 'attributes' | 'profiles'>> {
  const asked = { ...read, parameters: { customer } };
  const [[golden], profiles] = await Promise.all([
    lake.rows<Record<string, string | null>>(goldenRecordSql, asked),
    lake.rows<JourneyReport['profiles'][number]>(profilesOfCustomerSql, asked),
  ]);
  const known = Object.entries(golden ?? {}).filter((entry): entry is [string, string] => entry[1] !== null);
  return { attributes: Object.fromEntries(known), profiles };
}

/**
 * A page of a customer's steps, the newest first.
 *
 * @throws HubError CUSTOMER_UNKNOWN
 */
export async function customerTimeline(
  lake: Lake,
  customer: string,
  { limit, cursor }: Pick<JourneyReportQuestion, 'limit' | 'cursor'>,
  read: Read,
): Promise<JourneyReport['timeline']> {
  const [alphabet, { word, times, channels }] = await Promise.all([
    lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', read),
    journeyOf(lake, customer, read),
  ]);
  const total = word.length;
  const newest = total - 1 - cursor;
  const oldest = Math.max(0, newest - limit + 1);
  const stepAt = (place: number) => ({
    step: alphabet[word[place] as number]?.type as string,
    channel: channels[place] as string,
    at: new Date(times[place] as number).toISOString(),
  });
  const steps = Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, back) => stepAt(newest - back));
  return { total, steps, ...(oldest > 0 ? { next: cursor + limit } : {}) };
}

/** A journey as the lake has it. */
export interface LakeJourney {
  readonly word: readonly number[];
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly channels: readonly string[];
}

/** The journey of one customer. Throws `CUSTOMER_UNKNOWN`. */
export async function journeyOf(lake: Lake, customer: string, read: Read): Promise<LakeJourney> {
  const { json } = lake.dialect.words;
  const lists = (['word', 'times', 'channels'] as const).map((list) => `${json(list)} AS ${list}`);
  const [found] = await lake.rows<Record<keyof LakeJourney, string>>(
    `SELECT ${lists.join(', ')} FROM journeys WHERE customer_id = $customer`,
    { ...read, parameters: { customer } },
  );
  if (found !== undefined) {
    const { word, times, channels } = found;
    return { word: JSON.parse(word), times: JSON.parse(times), channels: JSON.parse(channels) } as LakeJourney;
  }
  throw new HubError('CUSTOMER_UNKNOWN', `customer: the hub knows no journey of "${customer}"`, { field: 'customer' });
}
