import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createIngestActivities } from '../../activities/ingest';
import type { FileOutcome } from '../../activities/landed-files';
import type { StagedFile } from '../../ports/landing-zone';
import { sourceSchema } from '../../schemas/source';
import { openTestRoom, type TestRoom } from '../support/local-room';

const shop = sourceSchema.parse({
  name: 'shop',
  title: 'Shop',
  files: '*.csv',
  format: 'csv',
  maxBadShare: 0.5,
  events: {
    id: 'id',
    type: 'type',
    channel: { value: 'store' },
    time: { column: 'at', epoch: 'seconds' },
    profile: 'who',
  },
  profiles: { id: 'who', seen_at: { column: 'at', epoch: 'seconds' }, email: 'email' },
});

interface Row {
  readonly id: string;
  readonly at: number;
  readonly who: string;
  readonly email: string;
}

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

async function put(name: string, rows: readonly Row[]): Promise<void> {
  const path = join(room.landingFolder, name);
  await mkdir(dirname(path), { recursive: true });
  const lines = rows.map(({ id, at, who, email }) => `${id},visit,${at},${who},${email}`);
  await writeFile(path, ['id,type,at,who,email', ...lines].join('\n'));
}

/** A run of the workflow `ingestSource`, step by step. */
function runOf(runId: string) {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId: 'ingest', runId } });
  const activities = createIngestActivities({ lake: room.lake, landingZone: room.landingZone, sources: [shop] });
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    environment.run(activity, input) as Promise<Output>;
  const day = { source: 'shop', businessDate: '2026-01-31' };
  return {
    async stage(): Promise<StagedFile[]> {
      const files = await run(activities.listNewFiles, day);
      return Promise.all(files.map((file) => run(activities.stageFile, { source: 'shop', file })));
    },
    async land(files: readonly StagedFile[]): Promise<readonly FileOutcome[]> {
      return (await run(activities.landSource, { ...day, files })).files;
    },
  };
}

/** What one run does. */
async function ingest(): Promise<readonly FileOutcome[]> {
  const { stage, land } = runOf('run');
  const staged = await stage();
  return staged.length === 0 ? [] : land(staged);
}

const events = () =>
  room.lake.rows<{ event_id: string }>('SELECT event_id, occurred_at, profile_id FROM events ORDER BY event_id');
const versions = () =>
  room.lake.rows<{ profile_id: string; email: string | null; at: number }>(
    'SELECT profile_id, email, epoch(seen_at)::INTEGER AS at FROM profiles ORDER BY profile_id, seen_at',
  );
const row = (id: string, at: number, who: string, email = ''): Row => ({ id, at: 1_000_000 + at, who, email });

describe('events', () => {
  it('land once: within a file, over files of one run, and over runs', async () => {
    await put('a.csv', [row('1', 0, 'anna'), row('1', 0, 'anna'), row('2', 1, 'bert')]);
    await put('b.csv', [row('2', 1, 'bert'), row('3', 2, 'anna')]);
    expect(await ingest()).toEqual([
      { path: 'a.csv', read: 3, landed: 2, duplicates: 1, quarantined: 0 },
      { path: 'b.csv', read: 2, landed: 1, duplicates: 1, quarantined: 0 },
    ]);
    await put('c.csv', [row('1', 0, 'anna'), row('4', 3, 'anna')]);
    expect(await ingest()).toEqual([{ path: 'c.csv', read: 2, landed: 1, duplicates: 1, quarantined: 0 }]);
    expect((await events()).map((event) => event.event_id)).toEqual(['1', '2', '3', '4']);
  });

  it('of a file that landed are not read again; of a copy under another name all are duplicates', async () => {
    await put('a.csv', [row('1', 0, 'anna')]);
    await ingest();
    expect(await ingest()).toEqual([]);
    await put('copy.csv', [row('1', 0, 'anna')]);
    expect(await ingest()).toEqual([{ path: 'copy.csv', read: 1, landed: 0, duplicates: 1, quarantined: 0 }]);
  });

  it('are the same whatever the order and the runs in which their rows arrive', async () => {
    const rows = fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 9 }),
        file: fc.integer({ min: 0, max: 2 }),
        run: fc.integer({ min: 0, max: 1 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const own = await openTestRoom();
        const outer = room;
        room = own;
        try {
          for (const run of [0, 1]) {
            for (const file of [0, 1, 2]) {
              const mine = given.filter((one) => one.run === run && one.file === file);
              if (mine.length > 0)
                await put(
                  `${run}-${file}.csv`,
                  mine.map(({ id }) => row(`${id}`, id, `p${id % 3}`)),
                );
            }
            for (const { read, landed, duplicates, quarantined } of await ingest()) {
              expect(landed + duplicates + quarantined).toBe(read);
            }
          }
          const distinct = [...new Set(given.map(({ id }) => `${id}`))].sort();
          expect((await events()).map((event) => event.event_id)).toEqual(distinct);
        } finally {
          room = outer;
          await own.close();
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('profiles', () => {
  it('keep every change, and no row that repeats what was known', async () => {
    await put('a.csv', [
      row('1', 0, 'anna', 'old@x.de'),
      row('2', 1, 'anna', 'old@x.de'),
      row('3', 2, 'anna', 'new@x.de'),
      row('4', 3, 'anna', 'old@x.de'),
    ]);
    await ingest();
    expect((await versions()).map(({ email }) => email)).toEqual(['old@x.de', 'new@x.de', 'old@x.de']);
  });

  it('are not undone by rows that say nothing but the id', async () => {
    await put('a.csv', [row('1', 0, 'anna'), row('2', 1, 'anna', 'a@x.de'), row('3', 2, 'anna'), row('4', 0, 'bert')]);
    await ingest();
    expect(await versions()).toEqual([
      { profile_id: 'shop:anna', email: 'a@x.de', at: 1_000_001 },
      { profile_id: 'shop:bert', email: null, at: 1_000_000 },
    ]);
  });

  it('take a late row into their history where it belongs', async () => {
    await put('a.csv', [row('1', 10, 'anna', 'b@x.de')]);
    await ingest();
    await put('late.csv', [row('2', 5, 'anna', 'a@x.de'), row('3', 20, 'anna', 'b@x.de')]);
    await ingest();
    expect((await versions()).map(({ email, at }) => [email, at])).toEqual([
      ['a@x.de', 1_000_005],
      ['b@x.de', 1_000_010],
    ]);
  });
});

describe('bad rows', () => {
  it('up to the share that the source allows go to quarantine', async () => {
    await put('a.csv', [row('1', 0, 'anna'), row('2', 0, '')]);
    expect(await ingest()).toEqual([{ path: 'a.csv', read: 2, landed: 1, duplicates: 0, quarantined: 1 }]);
    expect(await room.lake.rows('SELECT file, file_row, reason FROM quarantine')).toEqual([
      { file: 'a.csv', file_row: 2n, reason: 'profile: missing; profile id: missing' },
    ]);
  });

  it('above it fail the source, of which nothing lands then', async () => {
    await put('a.csv', [row('1', 0, 'anna')]);
    await put('b.csv', [row('2', 0, ''), row('3', 0, '')]);
    await expect(ingest()).rejects.toMatchObject({
      code: 'TOO_MANY_BAD_ROWS',
      message: expect.stringMatching(/shop: 2 of 3 rows are bad.*maxBadShare 0\.5.*b\.csv: 2 × profile: missing/s),
    });
    expect(await room.lake.version()).toBe(0);
  });
});

describe('two runs that find the same files', () => {
  it('land each once, whoever is first: of the rest nothing is lost, and bad rows are counted once', async () => {
    await put('a.csv', [row('1', 0, 'anna'), row('2', 0, '')]);
    const [follower, night] = [runOf('follower'), runOf('night')];
    const some = await follower.stage();
    await put('b.csv', [row('3', 0, 'bert')]);
    const all = await night.stage();
    expect(await follower.land(some)).toEqual([{ path: 'a.csv', read: 2, landed: 1, duplicates: 0, quarantined: 1 }]);
    expect(await night.land(all)).toEqual([{ path: 'b.csv', read: 1, landed: 1, duplicates: 0, quarantined: 0 }]);
    expect((await events()).map(({ event_id }) => event_id)).toEqual(['1', '3']);
    expect(await room.lake.rows('SELECT file FROM quarantine')).toEqual([{ file: 'a.csv' }]);
    expect(await readdir(join(room.folder, 'staging'))).toEqual([]);
  });

  it('have rows of their own: what one gives up the other lands', async () => {
    await put('a.csv', [row('1', 0, 'anna')]);
    const [follower, night] = [runOf('follower'), runOf('night')];
    const [given, kept] = [await follower.stage(), await night.stage()];
    await room.landingZone.discard(given);
    expect(await night.land(kept)).toMatchObject([{ path: 'a.csv', landed: 1 }]);
  });

  it('at the same moment: one of them conflicts, and finds nothing left to land when it looks again', async () => {
    await put('a.csv', [row('1', 0, 'anna')]);
    const runs = [runOf('follower'), runOf('night')];
    const staged = await Promise.all(runs.map((run) => run.stage()));
    const once = await Promise.allSettled(runs.map((run, index) => run.land(staged[index]!)));
    const again = once.map(async (outcome, index) =>
      outcome.status === 'fulfilled' ? outcome.value : runs[index]!.land(staged[index]!),
    );
    const landed = (await Promise.all(again)).flat().reduce((sum, file) => sum + file.landed, 0);
    expect(landed).toBeGreaterThan(0);
    expect((await events()).map(({ event_id }) => event_id)).toEqual(['1']);
    expect(await room.lake.rows('SELECT path FROM files')).toEqual([{ path: 'a.csv' }]);
  });
});

it('an attempt that comes after another of its run had landed everything tells what that landed', async () => {
  await put('a.csv', [row('1', 0, 'anna')]);
  const run = runOf('run');
  const staged = await run.stage();
  const first = await run.land(staged);
  expect(await run.land(staged)).toEqual(first);
});

it('what was staged for a landing that was cut off is swept away, and nothing younger', async () => {
  await put('a.csv', [row('1', 0, 'anna')]);
  await runOf('killed').stage();
  const left = () => readdir(join(room.folder, 'staging'));
  await room.landingZone.sweep(0);
  expect(await left()).toHaveLength(1);
  await room.landingZone.sweep(Date.now() + 60_000);
  expect(await left()).toEqual([]);
});
