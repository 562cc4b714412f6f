import { openS3ObjectStore } from '../adapters/aws/s3/s3-object-store';
import type { ObjectStore } from '../ports/object-store';
import type { AwsSettings } from '../schemas/engines';
import { connectionOf } from './aws-connection';

/** The bucket where the sources' exports arrive, and the prefix of their keys. */
export function arrivalsOf({ landing, lake }: AwsSettings): { readonly bucket: string; readonly prefix: string } {
  return landing ?? { bucket: lake.bucket, prefix: 'landing' };
}

export function openArrivals(settings: AwsSettings): ObjectStore {
  const { bucket, prefix } = arrivalsOf(settings);
  return openS3ObjectStore(connectionOf(settings), { bucket, prefix: `${prefix}/` });
}
