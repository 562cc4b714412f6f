import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import type { IndexManifest } from '../../../schemas/record-index';
import { manifestWrittenAt, readIndex, readManifest, writeIndex } from './index-folder';
import { readModel, writeModel } from './model-file';

/** Where a model and the index of the records that it ties are, in a folder: the artefacts of the model server. */
const modelPath = (folder: string) => join(folder, 'model.json');
const indexPath = (folder: string) => join(folder, 'index');

/** A model, and how much of an index there is. */
export interface OpenedModel {
  readonly linkage: LinkageModel;
  readonly sha256: string;
  readonly manifest: IndexManifest;
}

export interface ModelFolder extends OpenedModel {
  readonly index: RecordIndex;
}

/** @throws HubError those of `readModel` and `readManifest` */
export async function openModelFolder(folder: string): Promise<OpenedModel> {
  const linkage = await readModel(modelPath(folder));
  const sha256 = await hashOf(modelPath(folder));
  return { linkage, sha256, manifest: await readManifest(indexPath(folder), sha256) };
}

/** When the model or its index was last written, in milliseconds; undefined where there is none. */
export async function writtenAt(folder: string): Promise<number | undefined> {
  return manifestWrittenAt(indexPath(folder));
}

/**
 * Reads model and index.
 *
 * @param room for so many records more
 * @param opened the model, where it is read already
 * @throws HubError those of `openModelFolder` and `readIndex`
 */
export async function readModelFolder(folder: string, room: number, opened?: OpenedModel): Promise<ModelFolder> {
  const model = opened ?? (await openModelFolder(folder));
  return { ...model, index: await readIndex(indexPath(folder), model, room) };
}

/** Puts a model and its index in the place of those that may be there, once both are written whole. */
export async function writeModelFolder(
  folder: string,
  linkage: LinkageModel,
  index: RecordIndex,
  hub?: IndexManifest['hub'],
): Promise<void> {
  const draft = `${modelPath(folder)}.new`;
  const draftIndex = `${indexPath(folder)}.new`;
  await writeModel(draft, linkage);
  await rm(draftIndex, { recursive: true, force: true });
  await writeIndex(draftIndex, index, { sha256: await hashOf(draft), hub });
  await rm(indexPath(folder), { recursive: true, force: true });
  await rename(draft, modelPath(folder));
  await rename(draftIndex, indexPath(folder));
}

/** Writes what changed of an index that was read from the folder. */
export async function updateIndex(
  folder: string,
  { sha256, manifest: before }: ModelFolder,
  index: RecordIndex,
  hub?: IndexManifest['hub'],
): Promise<void> {
  await writeIndex(indexPath(folder), index, { sha256, before, hub });
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
