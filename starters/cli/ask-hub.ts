import { setTimeout as delay } from 'node:timers/promises';
import { HubError, messageOf } from '../../core/errors';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';

const POLL_MS = 500;

/**
 * Asks a hub's API, and waits for the answer however long it takes.
 *
 * @throws HubError HUB_UNREACHABLE, or QUESTION_REFUSED with the problem's detail
 */
export async function askJourneyFrequency(apiUrl: string, question: JourneyCut): Promise<JourneyFrequencyAnswer> {
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' };
  let response = await reach(`${apiUrl}/v1/reports/journey-frequency`, {
    method: 'POST',
    headers,
    body: JSON.stringify(question),
  });
  while (response.status === 202) {
    await delay(POLL_MS);
    response = await reach(`${apiUrl}${response.headers.get('location')}`, { headers });
  }
  const body = (await response.json()) as JourneyFrequencyAnswer & { readonly detail?: string };
  if (response.ok) return body;
  throw new HubError('QUESTION_REFUSED', body.detail ?? `the API answered ${response.status}`);
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw new HubError('HUB_UNREACHABLE', `the hub at ${url} does not answer (${messageOf(error)}): is it running?`, {
      cause: error,
    });
  }
}
