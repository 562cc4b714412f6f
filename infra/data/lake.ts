import { Duration, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import type { InfraConfig } from '../config';
import type { KeptProps } from './kept';

/** As `engines.aws.lake.prefix` has it: tables, manifests, answers, commits under way, files for Neptune's loader. */
export const LAKE_PREFIX = 'lake';
export const LANDING_PREFIX = 'landing';
export const MODELS_PREFIX = 'models';
/** What Athena's connector for the graph cannot hold in memory. */
export const SPILL_PREFIX = 'athena-neptune-spill';

const GIGABYTE = 1_000_000_000;

/** The journey lake: objects, Iceberg tables in Glue, Athena. */
export class Lake extends Construct {
  readonly bucket: Bucket;
  /** The lake's database in Glue; that of commits under way is called so with `_scratch` behind. */
  readonly database: string;
  readonly workGroup: string;

  constructor(scope: Construct, id: string, { config, key, removal }: KeptProps) {
    super(scope, id);
    const logs = new Bucket(this, 'AccessLogs', {
      ...closed,
      // What writes access logs knows no keys of ours.
      encryption: BucketEncryption.S3_MANAGED,
      removalPolicy: removal,
      lifecycleRules: [{ expiration: Duration.days(config.logDays) }],
    });
    acknowledge(logs, 'S1', 'It has the access logs of the lake: logging its own would never end.');
    this.bucket = new Bucket(this, 'Bucket', {
      ...closed,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      removalPolicy: removal,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'lake/',
      lifecycleRules: lifecycle(config),
    });
    this.database = config.name.replaceAll('-', '_');
    this.workGroup = config.name;
    const catalogId = Stack.of(this).account;
    for (const name of [this.database, `${this.database}_scratch`]) {
      new CfnDatabase(this, name, { catalogId, databaseInput: { name } });
    }
    new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroup,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: config.lake.mostScannedGb * GIGABYTE,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${this.bucket.bucketName}/${LAKE_PREFIX}/answers/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
  }
}

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} as const;

function lifecycle({ lake: { landingDays, formerVersionDays } }: InfraConfig): LifecycleRule[] {
  const gone = (prefix: string, days: number) => ({ id: prefix, prefix, expiration: Duration.days(days) });
  return [
    { id: 'uploads that a killed process left', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    { id: 'former versions', noncurrentVersionExpiration: Duration.days(formerVersionDays) },
    { id: 'markers of removed objects', expiredObjectDeleteMarker: true },
    gone(`${LANDING_PREFIX}/`, landingDays),
    // The hub removes an answer as soon as it has read it: what is left is of processes that were killed.
    gone(`${LAKE_PREFIX}/answers/`, 2),
    // Of loads that failed, for whoever looks into them.
    gone(`${LAKE_PREFIX}/neptune-loads/`, 14),
    gone(`${SPILL_PREFIX}/`, 1),
  ];
}
