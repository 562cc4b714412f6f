import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { createJourneysActivities, type EncodeJourneysResult } from '../../../activities/journeys';
import type { LakeTable } from '../../../core/lake/tables';
import { literal } from '../../../core/sql/quote';
import type { Lake } from '../../../ports/lake';
import { openTestRoom, type TestRoom } from '../../support/local-room';
import {
  encode,
  land,
  landedEvents,
  naiveJourneysOf,
  selectColumns,
  selectRows,
  type LandedEvent,
} from './lake-events';

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

/** The journeys as the lake holds them, words spelt out. */
async function encoded(lake: Lake) {
  const letters = await lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code');
  const rows = await lake.rows<{ customer_id: string; word: number[]; channels: string[]; times: bigint[] }>(
    'SELECT customer_id, word, channels, times FROM journeys',
  );
  const journeys = rows.map(({ customer_id, word, channels, times }) => {
    const steps = word.map((code) => letters[code]?.type);
    return [customer_id, { steps, channels, times: times.map(Number) }] as const;
  });
  expect(new Set(journeys.map(([customer]) => customer)).size).toBe(journeys.length);
  return new Map(journeys);
}

function encodeJourneys(): Promise<EncodeJourneysResult> {
  const activities = createJourneysActivities({ lake: room.lake });
  return new MockActivityEnvironment().run(activities.encodeJourneys) as Promise<EncodeJourneysResult>;
}

const event = (customer: string, type: string, at: number): LandedEvent => ({
  ...{ profile: 1, file: 'a.csv', channel: 'web' },
  ...{ customer, type, at },
});

it('orders steps by time, equal times by file and row, whichever night they landed, in however many parts', async () => {
  const nights = fc.array(landedEvents, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(nights, fc.integer({ min: 1, max: 3 }), async (batches, parts) => {
      const own = await openTestRoom();
      try {
        for (const [night, events] of batches.entries()) {
          await land(own.lake, `night-${night}`, events);
          await encode(own.lake, `night-${night}`, parts);
        }
        const landed = batches.flatMap((events, night) =>
          events.map((one) => ({ ...one, file: `night-${night}/${one.file}` })),
        );
        expect(await encoded(own.lake)).toEqual(naiveJourneysOf(landed));
      } finally {
        await own.close();
      }
    }),
    { numRuns: 12 },
  );
});

it('keeps the letters that step types have when new types arrive', async () => {
  await land(room.lake, 'one', [event('c-1', 'm', 1), event('c-1', 'z', 2)]);
  await encode(room.lake, 'one');
  await land(room.lake, 'two', [event('c-2', 'a', 3)]);
  await encode(room.lake, 'two');
  expect(await room.lake.rows('SELECT code, type FROM steps ORDER BY code')).toEqual([
    { code: 0, type: 'm' },
    { code: 1, type: 'z' },
    { code: 2, type: 'a' },
  ]);
});

it('changes nothing when nothing is new', async () => {
  await land(room.lake, 'one', [event('c-1', 'a', 1)]);
  expect(await encodeJourneys()).toEqual({ journeys: 1, steps: 1 });
  const version = await room.lake.version();
  expect(await encodeJourneys()).toEqual({ journeys: 1, steps: 1 });
  expect(await room.lake.version()).toBe(version);
});

it('encodes anew whom a change of identity concerns: who gained a profile, and who is no more', async () => {
  await land(room.lake, 'one', [event('c-1', 'a', 1), event('c-2', 'b', 2), event('c-3', 'c', 3)]);
  await encodeJourneys();
  const merged = { profile_id: literal('c-2/1'), from_customer: literal('c-2'), to_customer: literal('c-1') };
  await room.lake.commit({
    key: 'merge',
    writes: [
      {
        table: 'identities',
        mode: 'replace',
        select: `SELECT * REPLACE (replace(customer_id, 'c-2', 'c-1') AS customer_id) FROM identities`,
      },
      {
        table: 'identity_changes',
        mode: 'append',
        select: selectRows('identity_changes', [{ ...merged, batch: literal('identity-1') }]),
      },
    ],
  });
  expect(await encodeJourneys()).toEqual({ journeys: 2, steps: 3 });
  const journeys = await encoded(room.lake);
  expect(journeys.get('c-1')?.steps).toEqual(['a', 'b']);
  expect([...journeys.keys()].sort()).toEqual(['c-1', 'c-3']);
});

it('goes on in smaller parts when memory is short', async () => {
  const tight = await openTestRoom({ memoryMb: 60 });
  try {
    const events = `SELECT range AS n, 'c-' || (range % 40) AS customer FROM range(1_200_000)`;
    const of = (table: LakeTable, columns: Readonly<Record<string, string>>, from: string) =>
      ({ table, mode: 'append', select: selectColumns(table, columns, from) }) as const;
    await tight.lake.commit({
      key: 'many events of few customers',
      writes: [
        of('files', { batch: `'b'`, source: `'s'`, path: `'f'` }, '(SELECT 1)'),
        of(
          'identities',
          { profile_id: 'customer', customer_id: 'customer' },
          `(SELECT DISTINCT customer FROM (${events}))`,
        ),
        of(
          'events',
          {
            ...{ batch: `'b'`, event_id: 'n', source: `'s'`, type: `'t' || (n % 7)`, channel: `'web'` },
            ...{ occurred_at: 'make_timestamp(n * 1000000)', profile_id: 'customer', file: `'f'`, file_row: 'n' },
          },
          `(${events})`,
        ),
      ],
    });
    const lake = tight.lake;
    const failures: unknown[] = [];
    const commit = lake.commit.bind(lake);
    lake.commit = (...args) => commit(...args).catch((error: unknown) => Promise.reject(failures.push(error) && error));
    const { encodeJourneys: encodeTight } = createJourneysActivities({ lake });
    expect(await new MockActivityEnvironment().run(encodeTight)).toEqual({ journeys: 40, steps: 1_200_000 });
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'LAKE_OUT_OF_MEMORY', retryable: true });
  } finally {
    await tight.close();
  }
});
