import { Stack } from 'aws-cdk-lib';
import { CompositePrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { justifyWildcards } from '../acknowledged';
import type { KeptProps } from './kept';
import { LAKE_PREFIX } from './lake';

/** Where the hub writes what Neptune ML is to learn from, and where that keeps what it makes of it. */
const NEPTUNE_ML_PREFIX = `${LAKE_PREFIX}/neptune-ml`;

/** The role by which Neptune trains and asks models, and by which SageMaker runs its jobs: those of the hub's name alone. */
export function neptuneMlRole(
  scope: Construct,
  { config, key, bucket }: Pick<KeptProps, 'config' | 'key'> & { readonly bucket: IBucket },
): Role {
  const role = new Role(scope, 'MlRole', {
    assumedBy: new CompositePrincipal(
      new ServicePrincipal('rds.amazonaws.com'),
      new ServicePrincipal('sagemaker.amazonaws.com'),
    ),
    description: 'Neptune ML',
  });
  const { partition, region, account } = Stack.of(scope);
  const own = ['endpoint', 'endpoint-config', 'model', 'processing-job', 'training-job', 'transform-job'];
  const allow = (actions: string[], resources: string[]) =>
    role.addToPolicy(new PolicyStatement({ actions, resources }));
  allow(
    [
      ...['CreateEndpoint', 'CreateEndpointConfig', 'CreateModel', 'DeleteEndpoint', 'DeleteEndpointConfig'],
      ...['DeleteModel', 'DescribeEndpoint', 'DescribeEndpointConfig', 'DescribeModel', 'InvokeEndpoint'],
      ...['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob'],
      ...['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob'],
      ...['CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob'],
    ].map((action) => `sagemaker:${action}`),
    own.map((kind) => `arn:${partition}:sagemaker:${region}:${account}:${kind}/${config.name}-*`),
  );
  allow(['iam:PassRole'], [role.roleArn]);
  allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], [bucket.arnForObjects(`${NEPTUNE_ML_PREFIX}/*`)]);
  allow(['s3:ListBucket'], [bucket.bucketArn]);
  allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
  allow(
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    [`arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/*`],
  );
  justifyWildcards(
    role,
    [...own.map((kind) => `:${kind}/${config.name}-*`), `/${NEPTUNE_ML_PREFIX}/*`, ':log-group:/aws/sagemaker/*'],
    'Jobs, endpoints, objects and logs are named as they are made: below the name of the hub and one prefix.',
  );
  return role;
}
