import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { HubError, messageOf } from '../../core/errors';

/** As SageMaker has it: an archive of one file, which its XGBoost container looks for by this name. */
export const ARCHIVE = 'model.tar.gz';
const TREES = 'xgboost-model';

/** The archive of a model: the same bytes for the same trees. */
export function archiveOf(trees: Uint8Array): Promise<Buffer> {
  return packed({ [TREES]: trees });
}

/** A compressed archive of files, by name: the same bytes for the same files. */
export async function packed(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  return withTempFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o644 });
    const file = join(folder, `.${ARCHIVE}`);
    // Nothing of this machine, and no time.
    await create({ file, cwd: folder, gzip: true, portable: true, mtime: new Date(0) }, Object.keys(files));
    return readFile(file);
  });
}

/**
 * The trees in an archive.
 *
 * @param path of the archive, for messages
 * @throws HubError MODEL_INVALID
 */
export async function treesOf(path: string, archive: Uint8Array): Promise<Uint8Array> {
  return withTempFolder(async (folder) => {
    const file = join(folder, ARCHIVE);
    await writeFile(file, archive);
    try {
      await extract({ file, cwd: folder, strict: true }, [TREES]);
      return await readFile(join(folder, TREES));
    } catch (error) {
      throw new HubError('MODEL_INVALID', `${path}: there is no ${TREES} in it (${messageOf(error)})`);
    }
  });
}

async function withTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-propensity-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
