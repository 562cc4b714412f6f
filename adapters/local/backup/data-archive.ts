import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, extract } from 'tar';
import { HubError } from '../../../core/errors';
import { inventorySchema, type Inventory } from '../../../schemas/backup';

const INVENTORY = 'backup.json';
/** What processes leave that run, and what is made anew whenever it is missing. */
const LEFT_OUT = /^(hub\.lock|running\.json|tmp|logs|gremlin-server)(\/|$)|\.process\.json$/;

/** What was backed up or restored. */
export interface Archived {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes all data of a hub that does not run into one file, which appears when all of it is there: with the hash of each file.
 *
 * @param archive path of a gzipped tar
 * @throws HubError BACKUP_EXISTS
 */
export async function backUp(dataFolder: string, archive: string, about: Omit<Inventory, 'files'>): Promise<Archived> {
  if (await exists(archive)) {
    throw new HubError('BACKUP_EXISTS', `${archive} is there already: name another file, or remove it`);
  }
  const paths = await filesOf(dataFolder);
  const files: Record<string, Inventory['files'][string]> = {};
  let bytes = 0;
  for (const path of paths) {
    const { size, mtimeMs } = await stat(join(dataFolder, path));
    files[path] = { sha256: await hashOf(join(dataFolder, path)), modifiedAt: Math.floor(mtimeMs) };
    bytes += size;
  }
  const inventory = join(dataFolder, INVENTORY);
  const part = `${archive}.part`;
  await mkdir(dirname(resolve(archive)), { recursive: true });
  try {
    await writeFile(inventory, JSON.stringify({ ...about, files }));
    // Most of it is compressed already.
    await create({ file: part, gzip: { level: 1 }, cwd: dataFolder, portable: true }, [INVENTORY, ...paths]);
    await rename(part, archive);
  } finally {
    await Promise.all([rm(inventory, { force: true }), rm(part, { force: true })]);
  }
  return { files: paths.length, bytes };
}

/**
 * Puts what was backed up in place of a hub's data, once every file of it is there as it was.
 *
 * @throws HubError DATA_EXISTS, BACKUP_INVALID naming what is wrong
 */
export async function restore(archive: string, dataFolder: string): Promise<Archived & Omit<Inventory, 'files'>> {
  if ((await readdir(dataFolder).catch(() => [])).some((name) => !LEFT_OUT.test(name))) {
    throw new HubError('DATA_EXISTS', `${dataFolder} has data already: move it away first`);
  }
  const part = `${dataFolder}.restored`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await extract({ file: archive, cwd: part, strict: true, noMtime: true }).catch((cause: unknown) => {
      throw new HubError('BACKUP_INVALID', `${archive} cannot be read as a backup: it may be cut off`, { cause });
    });
    const { files, ...about } = await readInventory(archive, part);
    const bytes = await checkFiles(archive, part, files);
    await rm(join(part, INVENTORY));
    await rm(dataFolder, { recursive: true, force: true });
    await rename(part, dataFolder);
    return { ...about, files: Object.keys(files).length, bytes };
  } finally {
    // What could not be read may still be written, file by file.
    await rm(part, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function readInventory(archive: string, folder: string): Promise<Inventory> {
  const text = await readFile(join(folder, INVENTORY), 'utf8').catch(() => '');
  const read = inventorySchema.safeParse(text === '' ? undefined : JSON.parse(text));
  if (read.success) return read.data;
  throw new HubError(
    'BACKUP_INVALID',
    `${archive} is no backup of a hub: it has no ${INVENTORY} that says what is in it`,
  );
}

async function checkFiles(archive: string, folder: string, files: Inventory['files']): Promise<number> {
  let bytes = 0;
  for (const [path, { sha256, modifiedAt }] of Object.entries(files)) {
    const found = await hashOf(join(folder, path)).catch(() => undefined);
    if (found !== sha256) {
      const what = found === undefined ? 'is missing' : 'is not as it was';
      throw new HubError('BACKUP_INVALID', `${archive}: ${path} ${what}; nothing was restored`);
    }
    bytes += (await stat(join(folder, path))).size;
    // In the middle of its millisecond, whichever way fractions are rounded.
    const seconds = (modifiedAt + 0.5) / 1_000;
    await utimes(join(folder, path), seconds, seconds);
  }
  return bytes;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !LEFT_OUT.test(path))
    .sort();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
