import type { Hub } from '../adapters/local/hub-folder';
import { HubError, messageOf } from '../core/errors';
import type { Lake } from '../ports/lake';
import { openHubLake } from './hub-lake';

/** A server that starts meanwhile may take so long to answer. */
const ANSWER_MS = 20_000;

/**
 * Checks that the engine of a hub's lake answers, and that its files can be reached.
 *
 * @throws HubError ENGINE_UNREACHABLE naming the setting; PASSWORD_MISSING
 */
export async function checkLake(hub: Hub): Promise<void> {
  const { room } = hub.settings;
  if (room === 'local') return;
  const { lake, close } = await openHubLake(hub);
  try {
    await expectAnswer(lake, room === 'open' ? 'engines.trino' : 'engines.aws');
  } finally {
    await close();
  }
}

async function expectAnswer(lake: Lake, field: string): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    await lake.rows('SELECT count(*) AS events FROM events', { signal });
  } catch (error) {
    const reason = signal.aborted
      ? `no answer within ${ANSWER_MS / 1_000} s`
      : messageOf(error).split('\nin the query:')[0];
    const message = `hub.yaml, ${field}: the lake's engine or its files cannot be used: ${reason}`;
    throw new HubError('ENGINE_UNREACHABLE', message, { retryable: true, field, cause: error });
  }
}
