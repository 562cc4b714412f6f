import { setTimeout as delay } from 'node:timers/promises';
import { HubError, messageOf } from '../../core/errors';

const POLL_MS = 500;

/**
 * Asks a hub's API for a report, and waits for the answer however long it takes.
 *
 * @param kind the report's name in paths, such as `journey-frequency`
 * @throws HubError HUB_UNREACHABLE, or QUESTION_REFUSED with the problem's detail
 */
export async function askHub<Answer extends object>(apiUrl: string, kind: string, question: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' };
  let response = await reach(`${apiUrl}/v1/reports/${kind}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(question),
  });
  while (response.status === 202) {
    await delay(POLL_MS);
    response = await reach(`${apiUrl}${response.headers.get('location')}`, { headers });
  }
  const body = (await response.json()) as Answer & { readonly detail?: string };
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
