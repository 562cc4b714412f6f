import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import { readIndex, writeIndex, type StoredIndex } from './index-folder';
import { readModel, writeModel } from './model-file';

/** Where a model and the index of the records that it ties are, in a folder: the artefacts of the model server. */
const modelPath = (folder: string) => join(folder, 'model.json');
const indexPath = (folder: string) => join(folder, 'index');

export interface ModelFolder extends StoredIndex {
  readonly linkage: LinkageModel;
  readonly sha256: string;
}

/**
 * Reads model and index.
 *
 * @param room for so many records more
 * @throws HubError those of `readModel` and `readIndex`
 */
export async function readModelFolder(folder: string, room: number): Promise<ModelFolder> {
  const linkage = await readModel(modelPath(folder));
  const sha256 = await hashOf(modelPath(folder));
  return { linkage, sha256, ...(await readIndex(indexPath(folder), { linkage, sha256 }, room)) };
}

/** Puts a model and its index in the place of those that may be there, once both are written whole. */
export async function writeModelFolder(folder: string, linkage: LinkageModel, index: RecordIndex): Promise<void> {
  const draft = `${modelPath(folder)}.new`;
  const draftIndex = `${indexPath(folder)}.new`;
  await writeModel(draft, linkage);
  await rm(draftIndex, { recursive: true, force: true });
  await writeIndex(draftIndex, index, await hashOf(draft));
  await rm(indexPath(folder), { recursive: true, force: true });
  await rename(draft, modelPath(folder));
  await rename(draftIndex, indexPath(folder));
}

/** Writes what changed of an index that was read from the folder. */
export async function updateIndex(folder: string, before: ModelFolder, index: RecordIndex): Promise<void> {
  await writeIndex(indexPath(folder), index, before.sha256, before.manifest);
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
