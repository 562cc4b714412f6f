import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createIngestActivities } from '../../activities/ingest';
import { createQuarantineActivities, type QuarantinePlace, type RedriveCounts } from '../../activities/quarantine';
import { sourceSchema, type Source } from '../../schemas/source';
import { openTestRoom, type TestRoom } from '../support/local-room';

const mapping = (at: object, format: 'csv' | 'ndjson' = 'csv'): Source =>
  sourceSchema.parse({
    name: 'shop',
    title: 'Shop',
    files: `*.${format}`,
    format,
    columns: ['at'],
    maxBadShare: 1,
    events: { id: 'id', type: 'type', channel: { value: 'store' }, time: at, profile: 'who' },
  });
const inSeconds = { column: 'at', epoch: 'seconds' };
/** What the mapping should have said. */
const mended = {
  sql: `coalesce(to_timestamp(try_cast("at" AS BIGINT)), try_strptime("at", '%d.%m.%Y'))::TIMESTAMP`,
  zone: 'UTC',
};

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

const environment = new MockActivityEnvironment();
const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
  environment.run(activity, input) as Promise<Output>;

async function ingest(source: Source, name: string, lines: readonly string[]): Promise<void> {
  await mkdir(room.landingFolder, { recursive: true });
  await writeFile(join(room.landingFolder, name), lines.join('\n'));
  const activities = createIngestActivities({ ...room, sources: [source] });
  const day = { source: 'shop', businessDate: '2026-01-31' };
  const files = await run(activities.listNewFiles, day);
  const staged = await Promise.all(files.map((file) => run(activities.stageFile, { source: 'shop', file })));
  await run(activities.landSource, { ...day, files: staged });
}

const quarantine = (source: Source, passRows?: number) =>
  createQuarantineActivities({
    ...room,
    sources: [source],
    settings: { timezone: 'UTC' },
    ...(passRows !== undefined && { passRows }),
  });

async function redrive(source: Source, reason?: string, passRows?: number): Promise<RedriveCounts[]> {
  const input = { source: 'shop', ...(reason !== undefined && { reason }) };
  const passes: RedriveCounts[] = [];
  let after: QuarantinePlace | undefined;
  do {
    const given = { input, startedAt: Date.parse('2026-02-03T12:00:00Z'), ...(after && { after }) };
    const { after: next, ...counts } = await run(quarantine(source, passRows).redriveRows, given);
    passes.push(counts);
    after = next;
  } while (after !== undefined);
  return passes;
}

const summary = (source: Source) => run(quarantine(source).summariseQuarantine, { question: {} });
const rowsOf = (source: Source, question: object = {}) =>
  run(quarantine(source).listQuarantine, { question: { source: 'shop', ...question } });
const events = async () =>
  (await room.lake.rows<{ event_id: string }>('SELECT event_id FROM events ORDER BY 1')).map((row) => row.event_id);

/** What the ledger says is in the quarantine: what was put there, without what was read from it. */
async function inLedger(): Promise<number> {
  const [row] = await room.lake.rows<{ rows: bigint }>(
    `SELECT sum(quarantined_rows) - coalesce(sum(read_rows) FILTER (WHERE path LIKE 'redrive/%'), 0) AS rows FROM files`,
  );
  return Number(row!.rows);
}

const lines = [
  'id,type,at,who',
  'a,visit,1700000000,ann',
  'b,visit,31.12.2025,ann',
  'c,visit,yesterday,ben',
  'd,visit,30.12.2025,"cy ""c"", ø"',
  'a,visit,31.12.2025,ann',
  'e,visit',
];

it('is summed up by what is wrong, and told row by row as the rows came', async () => {
  const source = mapping(inSeconds);
  await ingest(source, 'one.csv', lines);
  const { total, groups } = await summary(source);
  expect([total, await inLedger()]).toEqual([5, 5]);
  expect(groups.map(({ rows, redrivable, first, last }) => [rows, redrivable, first, last])).toEqual([
    [4, 4, '2026-01-31', '2026-01-31'],
    [1, 0, '2026-01-31', '2026-01-31'],
  ]);
  const all = await rowsOf(source);
  expect(all.rows.map(({ file, row }) => [file, row])).toEqual([2, 3, 4, 5, 6].map((row) => ['one.csv', row]));
  expect(JSON.parse(all.rows[2]!.raw!)).toEqual({ id: 'd', type: 'visit', at: '30.12.2025', who: 'cy "c", ø' });
  const reason = groups[0]!.reason;
  const first = await rowsOf(source, { reason, limit: 3 });
  expect([first.total, first.rows.length, first.next]).toEqual([4, 3, 3]);
  const rest = await rowsOf(source, { reason, limit: 3, cursor: first.next });
  expect([rest.rows.map(({ row }) => row), rest.next]).toEqual([[5], undefined]);
});

it('lands by a mended mapping, once; what is still bad stays at its place, and the counts add up', async () => {
  await ingest(mapping(inSeconds), 'one.csv', lines);
  const source = mapping(mended);
  expect(await redrive(source)).toEqual([{ read: 4, landed: 2, duplicates: 1, quarantined: 1 }]);
  expect(await events()).toEqual(['a', 'b', 'd']);
  const left = await rowsOf(source);
  expect(left.rows.map(({ file, row, businessDate }) => [file, row, businessDate])).toEqual([
    ['one.csv', 3, '2026-02-03'],
    ['one.csv', 6, '2026-01-31'],
  ]);
  expect(await inLedger()).toBe(2);
  expect(await redrive(source)).toEqual([{ read: 1, landed: 0, duplicates: 0, quarantined: 1 }]);
  expect([(await rowsOf(source)).total, await inLedger()]).toEqual([2, 2]);
});

it('goes some rows at a time, and comes to the same', async () => {
  await ingest(mapping(inSeconds), 'one.csv', lines);
  const passes = await redrive(mapping(mended), undefined, 1);
  const sum = (count: keyof RedriveCounts) => passes.reduce((total, pass) => total + pass[count], 0);
  expect([sum('read'), sum('landed'), sum('duplicates'), sum('quarantined')]).toEqual([4, 2, 1, 1]);
  expect([await events(), await inLedger()]).toEqual([['a', 'b', 'd'], 2]);
});

it('only rows of the reason that was named are read again', async () => {
  const strict = mapping(inSeconds, 'ndjson');
  const row = (id: string, at: string, type?: string) => JSON.stringify({ id, at, who: 'ann', type });
  await ingest(strict, 'one.ndjson', [row('a', '31.12.2025', 'visit'), row('b', '1700000000'), '{"id":', 'no json']);
  const { groups } = await summary(strict);
  const times = groups.find(({ reason }) => reason.startsWith('time: ') && !reason.includes(';'))!;
  expect(await redrive(mapping(mended, 'ndjson'), times.reason)).toMatchObject([{ landed: 1 }]);
  expect([await events(), (await rowsOf(strict)).total, await inLedger()]).toEqual([['a'], 3, 3]);
});

it('a source that is none, and questions that are none, are refused by name', async () => {
  const source = mapping(inSeconds);
  const { redriveRows } = quarantine(source);
  await expect(run(redriveRows, { input: { source: 'shops' }, startedAt: 0 })).rejects.toMatchObject({
    code: 'SOURCE_UNKNOWN',
  });
  await expect(rowsOf(source, { limit: 0 })).rejects.toThrow(/limit/);
});
