import { analytics } from './activities';
import type { EncodeJourneysResult } from '../activities/journeys';

/** Lays every customer's events out as a word. */
export async function encodeJourneys(): Promise<EncodeJourneysResult> {
  return analytics.encodeJourneys();
}
