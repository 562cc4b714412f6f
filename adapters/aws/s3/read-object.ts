import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { HubError } from '../../../core/errors';
import type { ByteRange, ReadOptions } from '../../../ports/object-store';
import { awsError, callAws } from '../aws-errors';
import { addressOf, checksumText, uriOf, type S3Bucket } from './s3-bucket';

/** How often in a row an answer may break off without a byte that is new. */
const MOST_BREAKS = 5;

/**
 * An object's bytes, all of the same version. An answer that breaks off goes on where it was, and the last piece comes
 * only when length and checksum are as written (the checksum of objects that were written with a CRC-32 over all of
 * them, as the hub's are; a range has none).
 *
 * @throws HubError `OBJECT_MISSING`, `OBJECT_RANGE_INVALID`, `OBJECT_CHANGED`, `OBJECT_DAMAGED`, as `awsError` tells
 */
export async function* readObject(
  bucket: S3Bucket,
  key: string,
  { range, signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  const answer = await ask(bucket, key, headerOf(range), undefined, signal);
  const reading = new Reading(bucket, key, answer, range, signal);
  let held: Uint8Array | undefined;
  for await (const piece of reading.pieces()) {
    if (held !== undefined) yield held;
    held = piece;
  }
  reading.verify();
  if (held !== undefined) yield held;
}

class Reading {
  private received = 0;
  private crc = 0;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly key: string,
    private readonly first: GetObjectCommandOutput,
    private readonly range: ByteRange | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async *pieces(): AsyncGenerator<Uint8Array> {
    let answer = this.first;
    for (let breaks = 0; ; breaks++) {
      const before = this.received;
      try {
        yield* this.piecesOf(answer);
        return;
      } catch (error) {
        if (this.received > before) breaks = 0;
        const meaning = awsError(error, `reading ${this.uri}`, this.signal);
        if (!(meaning instanceof HubError && meaning.retryable) || breaks >= MOST_BREAKS) throw meaning;
      }
      if (this.received === this.first.ContentLength) return;
      answer = await this.rest();
    }
  }

  /** Throws `OBJECT_DAMAGED` unless what was received is what was written. */
  verify(): void {
    const { ContentLength, ChecksumCRC32, ChecksumType } = this.first;
    const isWhole = this.range === undefined && ChecksumType !== 'COMPOSITE' && !ChecksumCRC32?.includes('-');
    const found = checksumText(this.crc);
    if (this.received !== ContentLength) throw this.damaged(`has ${ContentLength} bytes, ${this.received} came`);
    if (isWhole && ChecksumCRC32 !== undefined && found !== ChecksumCRC32)
      throw this.damaged(`was written with the CRC-32 ${ChecksumCRC32}, and came with ${found}`);
  }

  private async *piecesOf({ Body }: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
    for await (const piece of Body as Readable) {
      this.received += (piece as Uint8Array).length;
      this.crc = crc32(piece as Uint8Array, this.crc);
      yield piece as Uint8Array;
    }
  }

  private rest(): Promise<GetObjectCommandOutput> {
    const from = (this.range?.from ?? 0) + this.received;
    return ask(this.bucket, this.key, headerOf({ ...this.range, from }), this.first.ETag, this.signal);
  }

  private damaged(how: string): HubError {
    return new HubError('OBJECT_DAMAGED', `${this.uri} ${how}; it was damaged on the way or where it is kept`, {
      retryable: true,
    });
  }

  private get uri(): string {
    return uriOf(this.bucket, this.key);
  }
}

async function ask(
  bucket: S3Bucket,
  key: string,
  range: string | undefined,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<GetObjectCommandOutput> {
  const uri = uriOf(bucket, key);
  const command = new GetObjectCommand({ ...addressOf(bucket, key), Range: range, IfMatch: etag });
  return callAws(`reading ${uri}`, signal, () =>
    bucket.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      const name = error instanceof Error ? error.name : '';
      if (name === 'NoSuchKey' && etag === undefined)
        throw new HubError('OBJECT_MISSING', `there is no object ${uri}`, { cause: error });
      if (name === 'InvalidRange')
        throw new HubError('OBJECT_RANGE_INVALID', `${uri} has no bytes ${range?.slice('bytes='.length)}`, {
          cause: error,
        });
      if (name === 'PreconditionFailed' || name === 'NoSuchKey')
        throw new HubError('OBJECT_CHANGED', `${uri} was replaced or removed while it was read`, {
          retryable: true,
          cause: error,
        });
      throw error;
    }),
  );
}

function headerOf(range: ByteRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  return `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}`;
}
