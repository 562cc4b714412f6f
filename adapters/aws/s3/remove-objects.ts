import { setTimeout as delay } from 'node:timers/promises';
import { DeleteObjectsCommand, type DeleteObjectsCommandOutput } from '@aws-sdk/client-s3';
import { HubError } from '../../../core/errors';
import { objectKeySegments } from '../../../core/objects/object-key';
import { addressOf, uriOf, type S3Bucket } from './s3-bucket';

/** What S3 takes in one request. */
const KEYS_A_REQUEST = 1_000;
/** What may be over when these are asked for again. */
const PASSING = ['InternalError', 'ServiceUnavailable', 'SlowDown'];
const MOST_ATTEMPTS = 5;
const FIRST_BACKOFF_MS = 100;
const KEYS_TOLD = 3;

/**
 * Removes objects, a thousand a request. A request may succeed but for some of its keys: those are asked for again.
 *
 * @throws HubError `OBJECTS_NOT_REMOVED` with the first keys and why; the SDK's own errors
 */
export async function removeObjects(
  bucket: S3Bucket,
  keys: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let batch: string[] = [];
  for await (const key of keys) {
    objectKeySegments(key);
    if (batch.push(key) < KEYS_A_REQUEST) continue;
    await removeBatch(bucket, batch, signal);
    batch = [];
  }
  if (batch.length > 0) await removeBatch(bucket, batch, signal);
}

async function removeBatch(bucket: S3Bucket, keys: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  let left = keys.map((key) => addressOf(bucket, key).Key);
  for (let attempt = 1; ; attempt++) {
    const Delete = { Objects: left.map((Key) => ({ Key })), Quiet: true };
    const command = new DeleteObjectsCommand({ Bucket: bucket.bucket, Delete });
    const { Errors: errors = [] } = await bucket.client.send(command, { abortSignal: signal });
    if (errors.length === 0) return;
    const isPassing = errors.every(({ Code }) => PASSING.includes(Code ?? ''));
    if (!isPassing || attempt >= MOST_ATTEMPTS) throw notRemoved(bucket, errors, isPassing);
    left = errors.map(({ Key }) => Key!);
    await delay(FIRST_BACKOFF_MS * 2 ** attempt * Math.random(), undefined, { signal });
  }
}

type Errors = NonNullable<DeleteObjectsCommandOutput['Errors']>;

function notRemoved(bucket: S3Bucket, errors: Errors, retryable: boolean): HubError {
  const told = errors.slice(0, KEYS_TOLD).map(({ Key, Code, Message }) => `${Key}: ${Code} ${Message ?? ''}`.trim());
  return new HubError(
    'OBJECTS_NOT_REMOVED',
    `${errors.length} objects of ${uriOf(bucket, '')} were not removed, among them ${told.join('; ')}`,
    { retryable },
  );
}
