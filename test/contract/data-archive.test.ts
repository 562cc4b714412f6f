import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { backUp, restore } from '../../adapters/local/backup/data-archive';

const about = { hub: 'Test', version: '1.0.0', createdAt: '2026-01-01T00:00:00.000Z' };

let folder: string;
let data: string;
let archive: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-backup-'));
  [data, archive] = [join(folder, 'data'), join(folder, 'backups', 'one.tar.gz')];
  for (const name of ['lake/manifests', 'secrets', 'tmp', 'logs']) await mkdir(join(data, name), { recursive: true });
  await writeFile(join(data, 'lake/manifests/1.json'), '{"version":1}');
  await writeFile(join(data, 'lake/Zoë – 100 %.parquet'), Buffer.alloc(300_000, 7));
  await writeFile(join(data, 'secrets/embed-key'), 'k', { mode: 0o600 });
  await writeFile(join(data, 'lake/empty'), '');
  await writeFile(join(data, 'tmp/scratch'), 'x');
  await writeFile(join(data, 'hub.lock'), '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('what was backed up is there again, byte by byte, and nothing that processes left', async () => {
  const before = Math.floor((await stat(join(data, 'lake/empty'))).mtimeMs);
  expect(await backUp(data, archive, about)).toEqual({ files: 4, bytes: 300_000 + 13 + 1 });
  await rm(data, { recursive: true });
  expect(await restore(archive, data)).toEqual({ ...about, files: 4, bytes: 300_000 + 13 + 1 });
  expect(await readFile(join(data, 'lake/Zoë – 100 %.parquet'))).toEqual(Buffer.alloc(300_000, 7));
  expect((await stat(join(data, 'secrets/embed-key'))).mode & 0o777).toBe(0o600);
  expect(Math.floor((await stat(join(data, 'lake/empty'))).mtimeMs)).toBe(before);
  expect((await readdir(data)).sort()).toEqual(['lake', 'secrets']);
  expect(await readdir(folder)).toEqual(['backups', 'data']);
});

it('nothing is written over', async () => {
  await backUp(data, archive, about);
  await expect(backUp(data, archive, about)).rejects.toMatchObject({ code: 'BACKUP_EXISTS' });
  await expect(restore(archive, data)).rejects.toMatchObject({ code: 'DATA_EXISTS' });
  expect(await readFile(join(data, 'tmp/scratch'), 'utf8')).toBe('x');
});

describe('a backup is refused, and nothing restored,', () => {
  const refused = async (why: RegExp) => {
    await rm(data, { recursive: true, force: true });
    await expect(restore(archive, data)).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
      message: expect.stringMatching(why) as string,
    });
    expect((await readdir(folder)).includes('data')).toBe(false);
  };

  it('that is cut off', async () => {
    await backUp(data, archive, about);
    await truncate(archive, (await stat(archive)).size - 100);
    await refused(/cut off|is missing|is not as it was/);
  });

  it('that is none', async () => {
    await mkdir(join(folder, 'backups'));
    await create({ file: archive, cwd: data, gzip: true }, ['lake']);
    await refused(/is no backup of a hub/);
    await writeFile(archive, 'no archive at all');
    await refused(/cannot be read/);
  });

  it('of which a file is another one', async () => {
    const inventory = { ...about, files: { 'lake/manifests/1.json': { sha256: 'f'.repeat(64), modifiedAt: 0 } } };
    await writeFile(join(data, 'backup.json'), JSON.stringify(inventory));
    await mkdir(join(folder, 'backups'));
    await create({ file: archive, cwd: data, gzip: true }, ['backup.json', 'lake']);
    await refused(/lake\/manifests\/1.json is not as it was/);
  });
});

it('a backup that fails leaves nothing', async () => {
  await mkdir(join(folder, 'backups'));
  await writeFile(join(folder, 'file'), '');
  await expect(backUp(data, join(folder, 'file', 'below.tar.gz'), about)).rejects.toThrow();
  await chmod(join(folder, 'backups'), 0o755);
  expect(await readdir(join(folder, 'backups'))).toEqual([]);
  expect((await readdir(data)).includes('backup.json')).toBe(false);
});
