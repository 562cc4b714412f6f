import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectLandingZone } from '../../adapters/files/object-landing-zone';
import { ObjectStagedFiles } from '../../adapters/files/object-staged-files';
import { FileStaging } from '../../adapters/local/ingest/file-staging';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import type { ObjectStore } from '../../ports/object-store';
import { sourceSchema } from '../../schemas/source';
import { openTestRoom, type TestRoom } from '../support/local-room';

const source = sourceSchema.parse({
  name: 'web',
  title: 'Web',
  files: 'web/visits-{date}.csv',
  format: 'csv',
  events: { type: 't', channel: { value: 'web' }, time: { column: 'at', zone: 'UTC' }, profile: 'p' },
});
const CSV = 't,at,p\nvisit,2026-01-02 03:04:05,ü1\n';

let room: TestRoom;
let arrivals: ObjectStore;
let staging: ObjectStore;
let zone: ObjectLandingZone;
const path = (name: string) => join(room.folder, name);

beforeEach(async () => {
  room = await openTestRoom();
  arrivals = await openFolderObjectStore(path('arrivals'));
  staging = await openFolderObjectStore(path('objects'));
  const stager = new FileStaging(path('staging'), room.duckDb);
  zone = new ObjectLandingZone({ arrivals, staging, folder: path('staging'), stager });
});
afterEach(async () => {
  await Promise.all([arrivals.close(), staging.close()]);
  await room.close();
});

const arrive = (key: string, text = CSV) => arrivals.put(key, Buffer.from(text));
const filesBelow = async (folder: string) =>
  (await readdir(path(folder), { recursive: true, withFileTypes: true }).catch(() => [])).filter((one) => one.isFile());

it('lists what fits the pattern up to the business date', async () => {
  for (const key of [
    'web/visits-2026-01-02.csv',
    'web/visits-2026-01-09.csv',
    'web/other.csv',
    'shop/visits-2026-01-02.csv',
  ]) {
    await arrive(key);
  }
  const files = await zone.list(source, '2026-01-05');
  expect(files).toEqual([{ path: 'web/visits-2026-01-02.csv', bytes: CSV.length + 1, modifiedAt: expect.any(Number) }]);
});

it('stages a file for whichever worker lands it, and leaves nothing of it on the machine', async () => {
  await arrive('web/visits-2026-01-02.csv');
  const [file] = await zone.list(source, '2026-01-05');
  const staged = await zone.stage(source, file!);
  expect(staged).toMatchObject({ readRows: 1, badRows: 0 });
  expect(await filesBelow('staging')).toEqual([]);
  const rows = await new ObjectStagedFiles(staging, path('landing')).use(staged.staged.events, (local) =>
    room.duckDb.session(undefined, (session) => session.rows(`SELECT type, profile_id FROM read_parquet('${local}')`)),
  );
  expect(rows).toEqual([{ type: 'visit', profile_id: 'web:ü1' }]);
  expect(await filesBelow('landing')).toEqual([]);
  await zone.discard([staged]);
  expect(await filesBelow('objects')).toEqual([]);
});

it('notices a file that changed or went since it was listed, and stages none of it', async () => {
  await arrive('web/visits-2026-01-02.csv');
  const [file] = await zone.list(source, '2026-01-05');
  await arrive('web/visits-2026-01-02.csv', `${CSV}visit,2026-01-02 03:04:06,2\n`);
  await expect(zone.stage(source, file!)).rejects.toMatchObject({ code: 'FILE_CHANGED', retryable: true });
  await arrivals.remove(['web/visits-2026-01-02.csv']);
  await expect(zone.stage(source, file!)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  expect(await filesBelow('objects')).toEqual([]);
});

it('forgets what landings that were cut off had staged, here and for others, and nothing younger', async () => {
  await arrive('web/visits-2026-01-02.csv');
  const [file] = await zone.list(source, '2026-01-05');
  await zone.stage(source, file!);
  await writeFile(path('staging/fetched-by-a-killed-worker'), 'half');
  const left = async () => [await filesBelow('objects'), await filesBelow('staging')].map(({ length }) => length);
  await zone.sweep(0);
  expect(await left()).toEqual([3, 1]);
  await zone.sweep(Date.now() + 60_000);
  expect(await left()).toEqual([0, 0]);
});

it('delivers a file whole, once, where its source finds it', async () => {
  const content = Buffer.from(CSV);
  await zone.deliver('web/visits-2026-01-02.csv', content);
  const before = await zone.list(source, '2026-01-05');
  await zone.deliver('web/visits-2026-01-02.csv', content);
  expect(await zone.list(source, '2026-01-05')).toEqual(before);
  expect(before).toMatchObject([{ path: 'web/visits-2026-01-02.csv', bytes: content.length }]);
});
