import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { HubError } from '../../../core/errors';
import { objectKeySegments, requireKeyPrefix } from '../../../core/objects/object-key';
import type { ObjectContent, ObjectHead, ObjectStore, ReadOptions } from '../../../ports/object-store';
import { readPieces, replaceFileBy } from '../../files/file-pieces';
import { callAws } from '../aws-errors';
import { clientConfig, endpointOf, type AwsConnection } from '../client-policy';
import { uploadParts } from './multipart-upload';
import { partsOf } from './part-sizes';
import { readObject } from './read-object';
import { removeObjects } from './remove-objects';
import { WRITE_ID, addressOf, encryptionOf, uriOf, type S3Bucket } from './s3-bucket';

export interface S3ObjectStoreOptions {
  readonly bucket: string;
  /** The store's keys are below it; empty, or ends with "/". By default empty. */
  readonly prefix?: string;
  /** The KMS key that encrypts what is written; by default the bucket's own encryption does. */
  readonly kmsKeyId?: string;
  /** Bytes of a part: what is longer is written part by part. At least 5 MiB; by default 8 MiB. */
  readonly partBytes?: number;
  /** Objects in a page of a listing; by default, and at most, 1,000. */
  readonly pageSize?: number;
}

const PART_BYTES = 8 << 20;
const SMALLEST_PART_BYTES = 5 << 20;
/** How often a conditional write is tried that another write is in the way of. */
const MOST_CONFLICTS = 10;
const CONFLICT_MS = 200;

/**
 * The objects of an S3 bucket.
 *
 * @throws HubError `OBJECT_STORE_INVALID` for options that S3 does not take
 */
export function openS3ObjectStore(connection: AwsConnection, options: S3ObjectStoreOptions): ObjectStore {
  const { bucket, prefix = '', kmsKeyId, partBytes = PART_BYTES, pageSize = 1_000 } = options;
  requireKeyPrefix(prefix);
  if (prefix !== '' && !prefix.endsWith('/')) throw invalid(`the prefix "${prefix}" does not end with "/"`);
  if (partBytes < SMALLEST_PART_BYTES) throw invalid(`parts of ${partBytes} bytes: S3 takes none below 5 MiB`);
  const client = new S3Client({
    ...clientConfig('s3', connection),
    // A bucket's name is part of AWS's own addresses, but seldom of others.
    forcePathStyle: endpointOf('s3', connection) !== undefined,
    // The hub verifies itself, over answers that broke off and went on.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  askForChecksums(client);
  return new S3ObjectStore({ client, bucket, prefix, kmsKeyId }, partBytes, pageSize);
}

class S3ObjectStore implements ObjectStore {
  private bucketWasSeen = false;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly partBytes: number,
    private readonly pageSize: number,
  ) {}

  async put(key: string, content: ObjectContent, signal?: AbortSignal): Promise<void> {
    objectKeySegments(key);
    if (content instanceof Uint8Array && content.length < this.partBytes)
      return this.putWhole(key, content, {}, signal);
    const pieces = content instanceof Uint8Array ? onePiece(content) : content;
    const parts = partsOf(cancellable(pieces, this.uriOf(key), signal), this.partBytes);
    const first = await parts.next();
    const body = first.done ? Buffer.alloc(0) : first.value;
    if (body.length < this.partBytes) return this.putWhole(key, body, {}, signal);
    await uploadParts(this.bucket, key, resumed(body, parts), signal);
  }

  async putIfAbsent(key: string, content: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    objectKeySegments(key);
    const writeId = randomUUID();
    const condition = { IfNoneMatch: '*', Metadata: { [WRITE_ID]: writeId } };
    for (let conflicts = 0; ; conflicts++) {
      try {
        await this.putWhole(key, content, condition, signal);
        return true;
      } catch (error) {
        const name = nameOfCause(error);
        if (name === 'PreconditionFailed') {
          const found = await this.headOf(key, signal);
          if (found !== undefined) return found.writeId === writeId;
        } else if (name !== 'ConditionalRequestConflict') throw error;
        // Removed meanwhile, or another write is just under way: then it is open whose it is.
        if (conflicts >= MOST_CONFLICTS) throw conflict(this.uriOf(key), error);
        await this.call('waiting for', key, signal, () => delay(CONFLICT_MS * Math.random(), undefined, { signal }));
      }
    }
  }

  async *stream(key: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    objectKeySegments(key);
    requireRange(options);
    yield* readObject(this.bucket, key, options);
  }

  async read(key: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(key, options)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined> {
    objectKeySegments(key);
    return (await this.headOf(key, signal))?.head;
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<ObjectHead> {
    requireKeyPrefix(prefix);
    const { Bucket, Key: Prefix } = addressOf(this.bucket, prefix);
    let token: string | undefined;
    do {
      const page = new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: this.pageSize, ContinuationToken: token });
      const { Contents, NextContinuationToken } = await this.call('listing', prefix, signal, (options) =>
        this.bucket.client.send(page, options),
      );
      for (const { Key, Size, LastModified } of Contents ?? [])
        yield { key: Key!.slice(this.bucket.prefix.length), size: Size!, modifiedAt: LastModified!.getTime() };
      token = NextContinuationToken;
    } while (token !== undefined);
  }

  async remove(keys: Iterable<string> | AsyncIterable<string>, signal?: AbortSignal): Promise<void> {
    await this.call('removing from', '', signal, () => removeObjects(this.bucket, keys, signal));
  }

  async upload(path: string, key: string, signal?: AbortSignal): Promise<void> {
    await this.put(key, readPieces(path, signal), signal);
  }

  async download(key: string, path: string, signal?: AbortSignal): Promise<void> {
    await replaceFileBy(path, this.stream(key, { signal }));
  }

  async close(): Promise<void> {
    this.bucket.client.destroy();
  }

  private async putWhole(
    key: string,
    body: Uint8Array,
    more: Pick<PutObjectCommandInput, 'IfNoneMatch' | 'Metadata'>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const command = new PutObjectCommand({
      ...addressOf(this.bucket, key),
      ...encryptionOf(this.bucket),
      ...more,
      Body: body,
      ChecksumAlgorithm: 'CRC32',
    });
    await this.call('putting', key, signal, (options) => this.bucket.client.send(command, options));
  }

  private async headOf(key: string, signal: AbortSignal | undefined) {
    const command = new HeadObjectCommand(addressOf(this.bucket, key));
    try {
      const { ContentLength, LastModified, Metadata } = await this.call('looking at', key, signal, (options) =>
        this.bucket.client.send(command, options),
      );
      const head: ObjectHead = { key, size: ContentLength!, modifiedAt: LastModified!.getTime() };
      return { head, writeId: Metadata?.[WRITE_ID] };
    } catch (error) {
      if (nameOfCause(error) !== 'NotFound') throw error;
      // To HEAD, S3 says the same of a bucket that is not there.
      await this.requireBucket(signal);
      return undefined;
    }
  }

  private async requireBucket(signal: AbortSignal | undefined): Promise<void> {
    if (this.bucketWasSeen) return;
    const command = new HeadBucketCommand({ Bucket: this.bucket.bucket });
    await this.call('looking for the bucket of', '', signal, (options) => this.bucket.client.send(command, options));
    this.bucketWasSeen = true;
  }

  private call<T>(
    doing: string,
    key: string,
    signal: AbortSignal | undefined,
    work: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return callAws(`${doing} ${this.uriOf(key)}`, signal, () => work({ abortSignal: signal }));
  }

  private uriOf(key: string): string {
    return uriOf(this.bucket, key);
  }
}

/** S3 tells an object's checksum only to those who ask. */
function askForChecksums(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (commandName === 'GetObjectCommand') headers['x-amz-checksum-mode'] = 'ENABLED';
        return next(args);
      },
    { step: 'build', name: 'askForChecksums' },
  );
}

async function* onePiece(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** What was taken to look whether it is all there is, and the rest. */
async function* resumed(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Pieces until the signal fires; a source that reads files with the same signal throws something of its own. */
async function* cancellable(pieces: AsyncIterable<Uint8Array>, uri: string, signal: AbortSignal | undefined) {
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    if (signal?.aborted) throw new HubError('CANCELLED', `putting ${uri} was cancelled`, { cause: error });
    throw error;
  }
}

function requireRange({ range }: ReadOptions): void {
  if (range?.to !== undefined && range.to <= range.from)
    throw new HubError('OBJECT_RANGE_INVALID', `the range from ${range.from} to before ${range.to} is empty`);
}

/** What S3 called the error beneath one of the hub's. */
function nameOfCause(error: unknown): string | undefined {
  return error instanceof HubError && error.cause instanceof Error ? error.cause.name : undefined;
}

function conflict(uri: string, cause: unknown): HubError {
  const message = `${uri} is written and removed by others all the time, and could not be put`;
  return new HubError('OBJECT_CHANGED', message, { retryable: true, cause });
}

function invalid(message: string): HubError {
  return new HubError('OBJECT_STORE_INVALID', message);
}
