import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../core/sample/random';

const EVENTS_OF_A_BATCH = 20;
const AGAIN_MS = 200;
/** So that there is something to kill in the middle of. */
const APART_IN_TIME_MS = 60;
const TYPES = ['bill_shock', 'call_center', 'app_bill_view', 'complaint'];
const FROM = Date.UTC(2026, 3, 1);
/** Events of one customer are as far apart as any batches may come late. */
const APART_MS = 1_000;

/** Batches of events of customers, told apart by their ids; the same ones for the same seed. */
export function batchesOf(customers: readonly string[], count: number): string[] {
  const random = new Random(7, 1);
  return Array.from({ length: count }, (_, batch) =>
    JSON.stringify(
      Array.from({ length: EVENTS_OF_A_BATCH }, (_, index) => {
        const number = batch * EVENTS_OF_A_BATCH + index;
        return {
          ...{ specversion: '1.0', id: `e${number}`, source: 'urn:journey-hub:chaos', type: random.pick(TYPES) },
          time: new Date(FROM + number * APART_MS).toISOString(),
          subject: random.pick(customers),
          data: { number, note: 'Zoë 🛰' },
        };
      }),
    ),
  );
}

/**
 * Posts batches as a careful client does: again, until one is accepted; in an order of their own, and some although they were accepted
 * before.
 *
 * @returns how many events there are, each counted once
 */
export async function post(apiUrl: string, batches: readonly string[], random: Random): Promise<number> {
  const order = batches
    .map((batch) => ({ batch, at: random.unit() }))
    .sort((a, b) => a.at - b.at)
    .map(({ batch }) => batch);
  for (const batch of order) {
    await untilAccepted(apiUrl, batch);
    await delay(APART_IN_TIME_MS);
    if (random.chance(0.1)) await untilAccepted(apiUrl, random.pick(batches));
  }
  return batches.length * EVENTS_OF_A_BATCH;
}

async function untilAccepted(apiUrl: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  for (;;) {
    const response = await fetch(`${apiUrl}/v1/events`, { method: 'POST', headers, body }).catch(() => undefined);
    if (response?.status === 202) return;
    if (response !== undefined && response.status < 429) throw new Error(`refused: ${await response.text()}`);
    await delay(AGAIN_MS);
  }
}
