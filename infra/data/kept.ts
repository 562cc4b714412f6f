import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { InfraConfig } from '../config';

/** What everything that keeps data is given. */
export interface KeptProps {
  readonly config: InfraConfig;
  /** All data at rest are encrypted with it. */
  readonly key: Key;
  readonly removal: RemovalPolicy;
}
