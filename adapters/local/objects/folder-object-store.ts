import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';
import { compareKeys, objectKeySegments, requireKeyPrefix } from '../../../core/objects/object-key';
import type { ObjectContent, ObjectHead, ObjectStore, ReadOptions } from '../../../ports/object-store';
import { readPieces, replaceFileBy, writeNewFile } from '../../files/file-pieces';

/** What was half-written when a process was killed is forgotten after a day. */
const DRAFTS_KEPT_MS = 24 * 60 * 60 * 1000;
/** A remover may take a folder away just when a file is moved into it. */
const MOST_MOVES = 100;

/**
 * Objects as files of a folder, under their keys as paths. Files are written and synced beside the folder and appear by
 * a rename, or by a hard link that fails when there is one already.
 */
export async function openFolderObjectStore(folder: string): Promise<ObjectStore> {
  const drafts = `${folder}.drafts`;
  await mkdir(folder, { recursive: true });
  await mkdir(drafts, { recursive: true });
  await forgetOldDrafts(drafts);
  return new FolderObjectStore(folder, drafts);
}

class FolderObjectStore implements ObjectStore {
  constructor(
    private readonly folder: string,
    private readonly drafts: string,
  ) {}

  async put(key: string, content: ObjectContent, signal?: AbortSignal): Promise<void> {
    await this.publish(key, content, rename, signal);
  }

  async putIfAbsent(key: string, content: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.publish(key, content, link, signal);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if ((await stat(this.pathOf(key)).catch(absent))?.isDirectory()) throw isFolder(key, error);
      return false;
    }
  }

  async *stream(key: string, { range, signal }: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    const path = this.pathOf(key);
    const { size } = await this.existing(key);
    if (range !== undefined && range.from >= size)
      throw new HubError('OBJECT_RANGE_INVALID', `${key} has ${size} bytes: none from ${range.from}`);
    if (range?.to !== undefined && range.to <= range.from)
      throw new HubError('OBJECT_RANGE_INVALID', `the range from ${range.from} to before ${range.to} is empty`);
    const bounds = { start: range?.from, end: range?.to === undefined ? undefined : range.to - 1 };
    try {
      yield* createReadStream(path, { ...bounds, signal });
    } catch (error) {
      if (signal?.aborted) throw cancelled(key, error);
      if (codeOf(error) === 'ENOENT') throw missing(key);
      throw error;
    }
  }

  async read(key: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(key, options)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined> {
    requireGoingOn(key, signal);
    const found = await stat(this.pathOf(key)).catch(absent);
    return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtimeMs } : undefined;
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<ObjectHead> {
    requireKeyPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    yield* this.walk(folder, prefix, signal);
  }

  async remove(keys: Iterable<string> | AsyncIterable<string>, signal?: AbortSignal): Promise<void> {
    for await (const key of keys) {
      requireGoingOn(key, signal);
      const path = this.pathOf(key);
      if ((await this.head(key)) === undefined) continue;
      await rm(path, { force: true });
      await this.removeEmptyFolders(dirname(path));
    }
  }

  async upload(path: string, key: string, signal?: AbortSignal): Promise<void> {
    await this.put(key, readPieces(path, signal), signal);
  }

  async download(key: string, path: string, signal?: AbortSignal): Promise<void> {
    await replaceFileBy(path, this.stream(key, { signal }));
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  private async publish(
    key: string,
    content: ObjectContent,
    move: (draft: string, path: string) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const path = this.pathOf(key);
    requireGoingOn(key, signal);
    const draft = join(this.drafts, randomUUID());
    try {
      await writeNewFile(draft, content, signal);
      await moveInto(path, () => move(draft, path));
    } catch (error) {
      if (signal?.aborted) throw cancelled(key, error);
      if (['EISDIR', 'ENOTDIR', 'ENOTEMPTY'].includes(codeOf(error) ?? '')) throw isFolder(key, error);
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  private async existing(key: string): Promise<ObjectHead> {
    const head = await this.head(key);
    if (head === undefined) throw missing(key);
    return head;
  }

  private async *walk(folder: string, prefix: string, signal?: AbortSignal): AsyncGenerator<ObjectHead> {
    const entries = (await readdir(join(this.folder, folder), { withFileTypes: true }).catch(absent)) ?? [];
    // What follows a folder's name in keys is a "/", which others sort before or behind.
    const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    for (const key of names.map((name) => `${folder}${name}`).sort(compareKeys)) {
      requireGoingOn(prefix, signal);
      if (key.endsWith('/')) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.walk(key, prefix, signal);
      } else if (key.startsWith(prefix)) {
        const head = await this.head(key);
        if (head !== undefined) yield head;
      }
    }
  }

  private async removeEmptyFolders(folder: string): Promise<void> {
    for (let each = folder; each.length > this.folder.length; each = dirname(each)) {
      try {
        await rmdir(each);
      } catch {
        // Somebody else's objects are in it.
        return;
      }
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, ...objectKeySegments(key));
  }
}

async function moveInto(path: string, move: () => Promise<void>): Promise<void> {
  for (let left = MOST_MOVES; ; left--) {
    try {
      await makeFolder(dirname(path));
      return await move();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || left === 0) throw error;
    }
  }
}

/** Another object in its place is not the one that whoever writes looks for. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? Object.assign(new Error(messageOf(error)), { code: 'ENOTDIR' }) : error;
  });
}

async function forgetOldDrafts(drafts: string): Promise<void> {
  const before = Date.now() - DRAFTS_KEPT_MS;
  for (const name of await readdir(drafts)) {
    const found = await stat(join(drafts, name)).catch(absent);
    if (found !== undefined && found.mtimeMs < before) await rm(join(drafts, name), { force: true });
  }
}

function absent(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function requireGoingOn(key: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(key, signal.reason);
}

function cancelled(key: string, cause: unknown): HubError {
  return new HubError('CANCELLED', `the work on the object ${key} was cancelled`, { cause });
}

function missing(key: string): HubError {
  return new HubError('OBJECT_MISSING', `there is no object ${key}`);
}

function isFolder(key: string, cause: unknown): HubError {
  return new HubError(
    'OBJECT_KEY_INVALID',
    `the object key ${key} is a folder of other objects, or has one for a folder`,
    {
      cause,
    },
  );
}
