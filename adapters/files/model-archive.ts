import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { HubError, messageOf } from '../../core/errors';

/** As SageMaker has it: an archive of one file, which its XGBoost container looks for by this name. */
export const ARCHIVE = 'model.tar.gz';
const TREES = 'xgboost-model';

/** The archive of a model: the same bytes for the same trees. */
export async function archiveOf(trees: Uint8Array): Promise<Buffer> {
  return withTempFolder(async (folder) => {
    await writeFile(join(folder, TREES), trees, { mode: 0o644 });
    const file = join(folder, ARCHIVE);
    // Nothing of this machine, and no time.
    await create({ file, cwd: folder, gzip: true, portable: true, mtime: new Date(0) }, [TREES]);
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
