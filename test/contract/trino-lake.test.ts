import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newName } from '../../adapters/sql/lake/part-names';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTrinoLake } from '../support/trino-lake';
import { lakeContract } from './lake-contract';

let server: TrinoServer;
beforeAll(async () => {
  server = await startTrino();
}, 600_000);
afterAll(() => server.stop());

lakeContract('Trino with Iceberg', () => openTrinoLake(server));

describe('vacuum of a lake in Trino', () => {
  const step = (code: number) => `SELECT ${code} AS code, 'step ${code}' AS type`;
  const all = { keepVersions: 1, minAgeMs: 0 };

  it('deletes parts that no kept version names, and what commits that were cut off left', async () => {
    const { lake, engine, close } = await openTrinoLake(server);
    for (const code of [1, 2, 3]) {
      await lake.commit({ key: `${code}`, writes: [{ table: 'steps', mode: 'replace', select: step(code) }] });
    }
    await engine.createAs('c000000000left_behind', 'SELECT 1 AS one');
    await engine.run(`INSERT INTO ${engine.nameOf('lake', 'steps')} SELECT 'p000000000left', 9, 'never published'`);
    expect(await lake.rows('SELECT type FROM steps')).toEqual([{ type: 'step 3' }]);
    expect(await lake.vacuum({ ...all, keepVersions: 2 })).toEqual({ deletedFiles: 2 });
    expect(await lake.rows('SELECT type FROM steps', { version: 2 })).toEqual([{ type: 'step 2' }]);
    expect([...(await engine.tables('scratch')).keys()]).toEqual([]);
    await close();
  });

  it('joins many parts to one, which changes no version of the table', async () => {
    const { lake, close } = await openTrinoLake(server);
    for (const code of [1, 2, 3]) {
      await lake.commit({ key: `${code}`, writes: [{ table: 'steps', mode: 'append', select: step(code) }] });
    }
    expect(await lake.vacuum({ ...all, mostParts: 2 })).toEqual({ deletedFiles: 3 });
    expect(await lake.tableVersion('steps')).toBe(3);
    await lake.commit({ key: '4', writes: [{ table: 'steps', mode: 'append', select: step(4) }] });
    expect(await lake.rows('SELECT code FROM steps ORDER BY code')).toEqual([1, 2, 3, 4].map((code) => ({ code })));
    await close();
  });

  it('joins no more at a time than a statement may name', async () => {
    const { lake, close } = await openTrinoLake(server);
    for (const code of [1, 2, 3, 4, 5]) {
      await lake.commit({ key: `${code}`, writes: [{ table: 'steps', mode: 'append', select: step(code) }] });
    }
    expect(await lake.vacuum({ ...all, mostParts: 2, mostNamed: 2 })).toEqual({ deletedFiles: 5 });
    const parts = await lake.rows('SELECT code FROM steps ORDER BY code');
    expect(parts).toEqual([1, 2, 3, 4, 5].map((code) => ({ code })));
    expect(await lake.vacuum({ ...all, mostParts: 2 })).toEqual({ deletedFiles: 3 });
    await close();
  });

  it('removes files of commits that were cut off, and none of those under way', async () => {
    const { lake, files, close } = await openTrinoLake(server);
    const [file] = [join(server.folder, 'rows.parquet')];
    await writeFile(file, 'rows');
    for (const folder of ['c000000000left_behind', newName('c')]) await files.upload(file, `${folder}/t/0.parquet`);
    await lake.vacuum();
    expect(await files.folders()).toEqual([expect.not.stringContaining('left_behind')]);
    await close();
  });

  it('leaves young parts alone, which a commit under way may be about to name', async () => {
    const { lake, close } = await openTrinoLake(server);
    for (const code of [1, 2]) {
      await lake.commit({ key: `${code}`, writes: [{ table: 'steps', mode: 'replace', select: step(code) }] });
    }
    expect(await lake.vacuum({ keepVersions: 1 })).toEqual({ deletedFiles: 0 });
    await close();
  });
});

it('gives tables of an earlier release the columns that they lack', async () => {
  const { lake, engine, close } = await openTrinoLake(server);
  await engine.tables('lake');
  await engine.ensureTable('steps', { code: 'INTEGER' }, undefined);
  await lake.commit({
    key: '1',
    writes: [{ table: 'steps', mode: 'append', select: `SELECT 1 AS code, 'a' AS type` }],
  });
  expect(await lake.rows('SELECT code, type FROM steps')).toEqual([{ code: 1, type: 'a' }]);
  await close();
});
