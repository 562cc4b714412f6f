import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { justifyWildcards } from '../acknowledged';
import type { KeptProps } from './kept';
import { LAKE_PREFIX, MODELS_PREFIX } from './lake';

export interface ModelsProps extends KeptProps {
  readonly bucket: IBucket;
}

/** What customers may be inclined to, and who they are. */
const MODELS = ['identity', 'churn', 'personalization', 'fraud', 'csat'] as const;

/** Where the worker puts what jobs learn from, and where they leave models. */
const TRAINING_PREFIX = `${LAKE_PREFIX}/models/training`;

/** Models in SageMaker: their registry, and whom their training and their containers run as. */
export class Models extends Construct {
  /** Of containers that answer. */
  readonly servingRole: Role;
  readonly trainingRole: Role;

  constructor(scope: Construct, id: string, props: ModelsProps) {
    super(scope, id);
    const { config } = props;
    for (const model of MODELS) {
      new CfnModelPackageGroup(this, model, {
        modelPackageGroupName: `${config.name}-${model}`,
        modelPackageGroupDescription: `versions of the model "${model}"`,
      });
    }
    this.servingRole = this.role(
      'ServingRole',
      'containers that serve models',
      ['s3:GetObject'],
      ['kms:Decrypt'],
      props,
    );
    this.trainingRole = this.role(
      'TrainingRole',
      'jobs that train models',
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      // An instance's volume is opened by a grant.
      ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant'],
      props,
      TRAINING_PREFIX,
    );
    const { partition, region, account } = Stack.of(this);
    const images = `arn:${partition}:ecr:${region}:${account}:repository/${config.name}/model-server`;
    const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    this.servingRole.addToPolicy(new PolicyStatement({ actions: pull, resources: [images] }));
    this.servingRole.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  }

  private role(
    id: string,
    description: string,
    objects: string[],
    keys: string[],
    { key, bucket }: ModelsProps,
    prefix = MODELS_PREFIX,
  ): Role {
    const role = new Role(this, id, { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'), description });
    const { partition, region, account } = Stack.of(this);
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(
        new PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
      );
    allow(objects, [bucket.arnForObjects(`${prefix}/*`)]);
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [`${prefix}/*`] } });
    allow(keys, [key.keyArn]);
    allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [`arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/*`],
    );
    allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker' } });
    justifyWildcards(
      role,
      [`/${prefix}/*`, ':log-group:/aws/sagemaker/*'],
      'Models and logs are named as they are made, below one prefix.',
    );
    justifyWildcards(role, ['*'], 'PutMetricData and GetAuthorizationToken know no resources.');
    return role;
  }
}
