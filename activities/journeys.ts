import { createHash } from 'node:crypto';
import { HubError } from '../core/errors';
import { changedEventsSql, encodeJourneysQueries, EVENTS_PER_PART } from '../core/journeys/encode-sql';
import type { PendingBatches } from '../core/lake/queries';
import type { Lake } from '../ports/lake';
import { cancellation, whileAlive } from './context';
import { consumed, pendingBatches } from './pending-batches';

export interface EncodeJourneysResult {
  readonly journeys: number;
  readonly steps: number;
}

export function createJourneysActivities({ lake }: { lake: Lake }) {
  return {
    /** Encodes the journeys that new events or identities concern; where there are none, nothing changes. */
    async encodeJourneys(): Promise<EncodeJourneysResult> {
      return whileAlive({ stage: 'journeys', unit: 'journeys', done: 0 }, async () => {
        const signal = cancellation();
        const version = await lake.version();
        const pending = await pendingBatches(lake, 'journeys', { version, signal });
        if (pending.landed.length + pending.identity.length > 0) {
          const [changed] = await lake.rows<{ events: bigint }>(changedEventsSql(pending), { version, signal });
          const parts = Math.max(1, Math.ceil(Number(changed?.events ?? 0) / EVENTS_PER_PART));
          await encodeInParts(lake, pending, parts, signal);
        }
        const [counts] = await lake.rows<{ journeys: bigint; steps: bigint }>(
          `SELECT count(*) AS journeys, CAST(coalesce(sum(${lake.dialect.lists.length('word')}), 0) AS BIGINT) AS steps FROM journeys`,
        );
        return { journeys: Number(counts?.journeys ?? 0), steps: Number(counts?.steps ?? 0) };
      });
    },
  };
}

/** Beyond so many parts, memory is not what is lacking. */
const MOST_PARTS = 1_000;

/** Encodes in as many parts as the memory allows that the night's other work leaves. */
async function encodeInParts(lake: Lake, pending: PendingBatches, parts: number, signal: AbortSignal): Promise<void> {
  const key = `journeys:${createHash('sha256').update(JSON.stringify(pending)).digest('hex').slice(0, 16)}`;
  const queries = encodeJourneysQueries(pending, parts, key, lake.dialect);
  const { inputs, writes } = consumed('journeys', [...pending.landed, ...pending.identity]);
  const commit = { key, series: 'journeys', ...queries, inputs, writes: [...queries.writes, ...writes] };
  try {
    await lake.commit(commit, { signal });
  } catch (error) {
    const isTooMuch = error instanceof HubError && error.code === 'LAKE_OUT_OF_MEMORY';
    if (!isTooMuch || parts * 4 > MOST_PARTS) throw error;
    await encodeInParts(lake, pending, parts * 4, signal);
  }
}
