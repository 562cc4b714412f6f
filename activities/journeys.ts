import { encodeJourneysQueries, EVENTS_PER_PART } from '../core/journeys/encode-sql';
import type { Lake } from '../ports/lake';
import { cancellation, whileAlive } from './context';

export interface EncodeJourneysResult {
  readonly journeys: number;
  readonly steps: number;
}

export function createJourneysActivities({ lake }: { lake: Lake }) {
  return {
    /** Encodes every customer's journey as a word. Unchanged events and identities change nothing. */
    async encodeJourneys(): Promise<EncodeJourneysResult> {
      return whileAlive({ stage: 'journeys', unit: 'journeys', done: 0 }, async () => {
        const signal = cancellation();
        const basis = [await lake.tableVersion('events'), await lake.tableVersion('identities')];
        const [events] = await lake.rows<{ events: bigint }>('SELECT count(*) AS events FROM events', { signal });
        const parts = Math.max(1, Math.ceil(Number(events?.events ?? 0) / EVENTS_PER_PART));
        const key = `journeys:${basis.join(':')}`;
        await lake.commit({ key, series: 'journeys', ...encodeJourneysQueries(parts) }, { signal });
        const [counts] = await lake.rows<{ journeys: bigint; steps: bigint }>(
          'SELECT count(*) AS journeys, coalesce(sum(len(word)), 0)::BIGINT AS steps FROM journeys',
        );
        return { journeys: Number(counts?.journeys ?? 0), steps: Number(counts?.steps ?? 0) };
      });
    },
  };
}
