import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { callAws } from '../aws-errors';
import { WRITE_ID, addressOf, checksumText, encryptionOf, uriOf, type S3Bucket } from './s3-bucket';

/** How many parts are on their way at most: with the one that is gathered, what is held in memory. */
const PARTS_IN_FLIGHT = 4;

/**
 * Writes an object part by part. It appears when all are there; an upload that fails or is called off is given up, so
 * that nobody pays for its parts. Where even that fails, the bucket's rule for incomplete uploads does it.
 *
 * The object has one checksum over all of it rather than one over those of its parts, so that every reader can verify it.
 *
 * @param parts in order; all but the last of at least 5 MiB, as S3 demands
 */
export async function uploadParts(
  bucket: S3Bucket,
  key: string,
  parts: AsyncIterable<Buffer>,
  signal?: AbortSignal,
): Promise<void> {
  const upload = await MultipartUpload.begin(bucket, key, signal);
  try {
    for await (const part of parts) await upload.send(part);
    await upload.complete();
  } catch (error) {
    await upload.giveUp();
    throw error;
  }
}

class MultipartUpload {
  private readonly done: CompletedPart[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private failure: { readonly error: unknown } | undefined;
  private parts = 0;
  private size = 0;
  private crc = 0;

  private constructor(
    private readonly bucket: S3Bucket,
    private readonly key: string,
    private readonly uploadId: string,
    private readonly writeId: string,
    private readonly cancelled: AbortSignal | undefined,
  ) {
    this.signal = AbortSignal.any([this.stop.signal, ...(cancelled === undefined ? [] : [cancelled])]);
  }

  static async begin(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<MultipartUpload> {
    const writeId = randomUUID();
    const command = new CreateMultipartUploadCommand({
      ...addressOf(bucket, key),
      ...encryptionOf(bucket),
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
      Metadata: { [WRITE_ID]: writeId },
    });
    const what = `beginning to put ${uriOf(bucket, key)}`;
    const { UploadId } = await callAws(what, signal, () => bucket.client.send(command, { abortSignal: signal }));
    return new MultipartUpload(bucket, key, UploadId!, writeId, signal);
  }

  /** Sends a part as soon as fewer are on their way than may be. Throws what went wrong with any part. */
  async send(body: Buffer): Promise<void> {
    while (this.inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(this.inFlight);
    this.requireWell();
    this.crc = crc32(body, this.crc);
    this.size += body.length;
    const sending = this.sendPart(++this.parts, body)
      .catch((error: unknown) => {
        this.failure ??= { error };
        this.stop.abort();
      })
      .finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
  }

  async complete(): Promise<void> {
    await Promise.all(this.inFlight);
    this.requireWell();
    const command = new CompleteMultipartUploadCommand({
      ...this.address(),
      ChecksumCRC32: checksumText(this.crc),
      ChecksumType: 'FULL_OBJECT',
      MpuObjectSize: this.size,
      MultipartUpload: { Parts: this.done.sort((a, b) => a.PartNumber! - b.PartNumber!) },
    });
    await callAws(`completing ${this.uri}`, this.cancelled, async () => {
      await this.bucket.client.send(command, { abortSignal: this.signal }).catch(async (error: unknown) => {
        // A first try whose answer was lost may have completed it.
        const isGone = error instanceof Error && error.name === 'NoSuchUpload';
        if (!isGone || !(await this.isThere())) throw error;
      });
    });
  }

  /** Waits until no part is on its way any more: one that came later would stay. */
  async giveUp(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.inFlight);
    const command = new AbortMultipartUploadCommand(this.address());
    await this.bucket.client.send(command).catch(() => {
      // What went wrong first is told; the bucket's rule removes the parts.
    });
  }

  private async sendPart(number: number, body: Buffer): Promise<void> {
    const command = new UploadPartCommand({
      ...this.address(),
      PartNumber: number,
      Body: body,
      ChecksumAlgorithm: 'CRC32',
    });
    const what = `putting part ${number} of ${this.uri}`;
    const { ETag, ChecksumCRC32 } = await callAws(what, this.cancelled, () =>
      this.bucket.client.send(command, { abortSignal: this.signal }),
    );
    this.done.push({ PartNumber: number, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) });
  }

  private requireWell(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private async isThere(): Promise<boolean> {
    const command = new HeadObjectCommand(addressOf(this.bucket, this.key));
    try {
      const { Metadata } = await this.bucket.client.send(command, { abortSignal: this.signal });
      return Metadata?.[WRITE_ID] === this.writeId;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') return false;
      throw error;
    }
  }

  private address() {
    return { ...addressOf(this.bucket, this.key), UploadId: this.uploadId };
  }

  private get uri(): string {
    return uriOf(this.bucket, this.key);
  }
}
