import { HubError } from '../../../core/errors';
import { customerOfProfileSql, goldenRecordSql, profilesOfCustomerSql } from '../../../core/journeys/customer-sql';
import type { JourneyWords } from '../../../core/journeys/words';
import type { Lake, ReadOptions } from '../../../ports/lake';
import type { JourneyReport, JourneyReportQuestion } from '../../../schemas/report';
import type { LakeJourneys } from './journey-words';

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

/** A page of a customer's steps, the newest first. */
export function timelineOf(
  { indexed: { words } }: Pick<LakeJourneys, 'indexed'>,
  customer: number,
  { limit, cursor }: Pick<JourneyReportQuestion, 'limit' | 'cursor'>,
): JourneyReport['timeline'] {
  const start = words.offsets[customer] as number;
  const total = (words.offsets[customer + 1] as number) - start;
  const newest = start + total - 1 - cursor;
  const oldest = Math.max(start, newest - limit + 1);
  const steps = Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, back) => stepAt(words, newest - back));
  return { total, steps, ...(oldest > start ? { next: cursor + limit } : {}) };
}

function stepAt({ alphabet, steps, times, channels }: JourneyWords, place: number) {
  return {
    step: alphabet[steps[place] as number] as string,
    channel: channels?.names[channels.letters[place] as number] ?? '',
    at: new Date(times[place] as number).toISOString(),
  };
}
