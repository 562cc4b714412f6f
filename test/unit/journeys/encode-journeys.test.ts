import fc from 'fast-check';
import type { Lake } from '../../../ports/lake';
import { openTestRoom, type TestRoom } from '../../support/local-room';
import { encode, landedEvents, naiveJourneysOf, type LandedEvent } from './lake-events';

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
  return new Map(
    rows.map(({ customer_id, word, channels, times }) => [
      customer_id,
      { steps: word.map((code) => letters[code]?.type), channels, times: times.map(Number) },
    ]),
  );
}

it('orders steps by time, equal times by file and row, over all profiles of a customer, in however many parts', async () => {
  await fc.assert(
    fc.asyncProperty(landedEvents, fc.integer({ min: 1, max: 3 }), async (events, parts) => {
      const own = await openTestRoom();
      try {
        await encode(own.lake, 'night', events, parts);
        expect(await encoded(own.lake)).toEqual(naiveJourneysOf(events));
      } finally {
        await own.close();
      }
    }),
    { numRuns: 15 },
  );
});

it('keeps the letters that step types have when new types arrive', async () => {
  const event = (type: string, at: number): LandedEvent => ({
    ...{ customer: 'c-1', profile: 1, file: 'a.csv', channel: 'web' },
    type,
    at,
  });
  await encode(room.lake, 'one', [event('m', 1), event('z', 2)]);
  await encode(room.lake, 'two', [event('a', 3)]);
  expect(await room.lake.rows('SELECT code, type FROM steps ORDER BY code')).toEqual([
    { code: 0, type: 'm' },
    { code: 1, type: 'z' },
    { code: 2, type: 'a' },
  ]);
});
