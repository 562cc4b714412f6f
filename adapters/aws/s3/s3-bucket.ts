import type { S3Client } from '@aws-sdk/client-s3';

/** A bucket, or the part of it that begins with a prefix, as requests need it. */
export interface S3Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends with "/". */
  readonly prefix: string;
  /** Encrypts with this KMS key rather than the bucket's own. */
  readonly kmsKeyId?: string;
}

/** An object as requests name it. */
export function addressOf({ bucket, prefix }: S3Bucket, key: string): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: `${prefix}${key}` };
}

/** An object as people name it. */
export function uriOf({ bucket, prefix }: S3Bucket, key: string): string {
  return `s3://${bucket}/${prefix}${key}`;
}

/** How what is written is encrypted: a bucket key saves a request to KMS for each object. */
export function encryptionOf({ kmsKeyId }: S3Bucket) {
  return kmsKeyId === undefined
    ? {}
    : ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true } as const);
}

/** A CRC-32 as S3 writes it: four bytes, the highest first, in base 64. */
export function checksumText(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

/** The name of the metadata that tells whose write an object is: a first try whose answer was lost looks like another's. */
export const WRITE_ID = 'hub-write-id';
