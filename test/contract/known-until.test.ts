import { knownUntil } from '../../activities/deployed-models';
import { openTestRoom, type TestRoom } from '../support/local-room';

const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const day = (number: number) => START + number * DAY_MS;
const DAYS = 800;
/** Of a day: one of 150 is a stray. */
const EVENTS = 150;
const LAST = day(DAYS - 1) + (EVENTS - 1) * 60_000;
const STRAY = DAYS + 60;

let room: TestRoom;
let version: number;
const rowsLookedAt: number[] = [];
beforeAll(async () => {
  room = await openTestRoom();
  const happened = (
    days: string,
    events: number,
  ) => `SELECT 'b' AS batch, day || '-' || minute AS event_id, 's' AS source,
  'bill' AS type, 'app' AS channel, TIMESTAMP '2024-01-01' + to_days(day::INTEGER) + to_minutes(minute) AS occurred_at,
  'p' AS profile_id, NULL AS attributes, 'f' AS file, minute AS file_row FROM range(${days}) AS each_day (day), range(${events}) AS each_minute (minute)`;
  const select = `${happened(`0, ${DAYS}`, EVENTS)} UNION ALL ${happened(`${STRAY}, ${STRAY + 1}`, 1)}`;
  await room.lake.commit({ key: 'events', writes: [{ table: 'events', mode: 'append', select }] });
  version = await room.lake.version();
}, 60_000);
afterAll(() => room?.close());
beforeEach(() => (rowsLookedAt.length = 0));

async function until(now: number, of = version): Promise<number> {
  const { lake } = room;
  const rows = jest.spyOn(lake, 'rows');
  try {
    return await knownUntil(lake, of, now);
  } finally {
    for (const { value } of rows.mock.results) rowsLookedAt.push(((await value) as unknown[]).length);
    rows.mockRestore();
  }
}

it('what is known up to when is told by the days of the last year, a stray of a later one notwithstanding', async () => {
  expect(await until(day(DAYS + 5))).toBe(LAST);
  expect(rowsLookedAt).toEqual([365 - 5 + 1]);
});

it('all days are looked at where hardly anything happened within the last year', async () => {
  expect(await until(day(DAYS + 365 - 90))).toBe(LAST);
  expect(rowsLookedAt).toEqual([90 + 1, DAYS + 1]);
});

it('nothing is known of what is yet to come', async () => {
  expect(await until(day(500))).toBe(day(500));
});

it('where nothing ever happened, that is told', async () => {
  await expect(until(day(500), 0)).rejects.toMatchObject({ code: 'NOTHING_TO_LEARN_FROM' });
});
