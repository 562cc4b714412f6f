import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestRoom } from '../support/local-room';
import { lakeContract } from './lake-contract';

lakeContract('a folder with DuckDB', async () => {
  const room = await openTestRoom();
  return { lake: room.lake, close: room.close };
});

describe('vacuum of the local lake', () => {
  it('deletes what no kept version names, and keeps the newest versions readable', async () => {
    const room = await openTestRoom();
    const { lake } = room;
    const commit = (key: string) =>
      lake.commit({ key, writes: [{ table: 'steps', mode: 'replace', select: `SELECT 1 AS code, '${key}' AS type` }] });
    for (const key of ['a', 'b', 'c']) await commit(key);
    await writeFile(join(room.folder, 'lake/steps/left-by-a-killed-commit.parquet'), 'half');
    expect(await lake.vacuum({ keepVersions: 2, minAgeMs: 0 })).toEqual({ deletedFiles: 2 });
    expect(await lake.rows('SELECT type FROM steps', { version: 2 })).toEqual([{ type: 'b' }]);
    expect(await lake.rows('SELECT type FROM steps')).toEqual([{ type: 'c' }]);
    expect(await readdir(join(room.folder, 'lake/steps'))).toHaveLength(2);
    await room.close();
  });

  it('leaves young files alone, which a commit under way may be about to name', async () => {
    const room = await openTestRoom();
    await room.lake.commit({
      key: 'a',
      writes: [{ table: 'steps', mode: 'append', select: `SELECT 1 AS code, 'a' AS type` }],
    });
    await writeFile(join(room.folder, 'lake/steps/under-way.parquet'), 'half');
    expect(await room.lake.vacuum()).toEqual({ deletedFiles: 0 });
    await room.close();
  });
});

it('files of an earlier release are read: columns that it did not have yet are empty, others are left out', async () => {
  const room = await openTestRoom();
  const { lake, duckDb } = room;
  await lake.commit({
    key: 'a',
    writes: [{ table: 'steps', mode: 'append', select: `SELECT 1 AS code, 'a' AS type` }],
  });
  const [file] = await readdir(join(room.folder, 'lake/steps'));
  const path = join(room.folder, 'lake/steps', file!);
  await duckDb.session(undefined, (session) => session.run(`COPY (SELECT 7 AS code, 1 AS dropped) TO '${path}'`));
  expect(await lake.rows('SELECT * FROM steps')).toEqual([{ code: 7, type: null }]);
  await room.close();
});
