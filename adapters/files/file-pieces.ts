import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HubError } from '../../core/errors';

/**
 * Writes a new file piece by piece, and leaves nothing behind when that fails.
 *
 * @param path must not be there yet
 */
export async function writeNewFile(
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      signal?.throwIfAborted();
      await writeAll(file, piece);
    }
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** A file piece by piece. Throws `FILE_MISSING`. */
export async function* readPieces(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { signal, highWaterMark: PIECE_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new HubError('FILE_MISSING', `there is no file ${path}`, { cause: error });
  }
}

const PIECE_BYTES = 1 << 20;

/** Writes a file that appears, or replaces another, at once when all pieces are there. */
export async function replaceFileBy(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path).slice(0, NAME_CHARACTERS)}.${randomUUID()}.part`);
  await writeNewFile(draft, pieces);
  await rename(draft, path);
}

/** As much of a name as leaves room for what makes it another. */
const NAME_CHARACTERS = 50;

/** A write may take less than it is given. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.length;) {
    written += (await file.write(piece, written)).bytesWritten;
  }
}
