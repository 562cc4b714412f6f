import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import type { IndexManifest } from '../../../schemas/record-index';
import { anyManifest, manifestWrittenAt, readIndex, readManifest, writeIndex } from './index-folder';
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
export async function writeModelFolder(folder: string, linkage: LinkageModel, index: RecordIndex): Promise<void> {
  await writeDraft(folder, linkage, index);
  await putDraftInPlace(folder);
}

/** Writes a model and its index beside those that may be there, which count until the draft is put in their place. */
export async function writeDraft(
  folder: string,
  linkage: LinkageModel,
  index: RecordIndex,
  hub?: IndexManifest['hub'],
): Promise<void> {
  await rm(draftOf(indexPath(folder)), { recursive: true, force: true });
  await writeModel(draftOf(modelPath(folder)), linkage);
  await writeIndex(draftOf(indexPath(folder)), index, { sha256: await hashOf(draftOf(modelPath(folder))), hub });
}

/** What the draft in a folder is of; undefined where there is none that is whole. */
export async function readDraftManifest(folder: string): Promise<IndexManifest | undefined> {
  return anyManifest(draftOf(indexPath(folder))).catch((error: unknown) => {
    if (!(error instanceof HubError)) throw error;
    return undefined;
  });
}

/** Puts the draft in the place of what there was; where that was cut off, again. */
export async function putDraftInPlace(folder: string): Promise<void> {
  const [model, index] = [modelPath(folder), indexPath(folder)];
  const old = `${index}.old`;
  await rm(old, { recursive: true, force: true });
  // Moved, not removed: whoever reads meanwhile finds nothing for as short as can be.
  await rename(index, old).catch(unlessMissing);
  await rename(draftOf(model), model).catch(unlessMissing);
  await rename(draftOf(index), index);
  await rm(old, { recursive: true, force: true });
}

function draftOf(path: string): string {
  return `${path}.new`;
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
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
