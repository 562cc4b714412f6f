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
  return callHub<Answer>(apiUrl, `/v1/reports/${kind}`, question);
}

/**
 * Calls a hub's API, and waits for the answer however long it takes.
 *
 * @param body posted as JSON; without one, the path is read
 * @throws HubError HUB_UNREACHABLE, or QUESTION_REFUSED with the problem's detail
 */
export async function callHub<Answer extends object>(apiUrl: string, path: string, body?: object): Promise<Answer> {
  const headers = { prefer: 'wait=60', ...authorization() };
  const post = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  let response = await reach(`${apiUrl}${path}`, body === undefined ? { headers } : post);
  while (response.status === 202) {
    await delay(POLL_MS);
    response = await reach(`${apiUrl}${response.headers.get('location')}`, { headers });
  }
  const answer = (await response.json()) as Answer & { readonly detail?: string };
  if (response.ok) return answer;
  if (response.status === 401)
    throw new HubError('ACCESS_REFUSED', `${answer.detail}; give a key in HUB_API_KEY (\`hub key create\`)`);
  throw new HubError('QUESTION_REFUSED', answer.detail ?? `the API answered ${response.status}`);
}

/** The key of whoever calls, where the API asks for one. */
function authorization(): { readonly authorization?: string } {
  const key = process.env['HUB_API_KEY'];
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
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
