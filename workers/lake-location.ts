import type { AwsSettings } from '../schemas/engines';

/** Of the lake's objects, as Athena, Redshift, Neptune and SageMaker name it. */
export function lakeLocation({ lake: { bucket, prefix } }: AwsSettings): string {
  return `s3://${bucket}/${prefix}`;
}
