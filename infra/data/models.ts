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

/** Where the hub keeps what it has learned. */
const KEPT_PREFIX = `${LAKE_PREFIX}/models`;
/** Where the worker puts what jobs learn from, and where they leave models. */
const TRAINING_PREFIX = `${KEPT_PREFIX}/training`;

/** Models in SageMaker: their registry, and whom their training and their containers run as. */
export class Models extends Construct {
  /** Of containers that answer. */
  readonly servingRole: Role;
  readonly trainingRole: Role;
  /** Of containers that answer in batches. */
  readonly scoringRole: Role;

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
      [MODELS_PREFIX, KEPT_PREFIX],
    );
    this.trainingRole = this.role(
      'TrainingRole',
      'jobs that train models',
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      // An instance's volume is opened by a grant.
      ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant'],
      props,
      [TRAINING_PREFIX],
    );
    this.scoringRole = this.role(
      'ScoringRole',
      'jobs that ask models of everybody',
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant'],
      props,
      [KEPT_PREFIX],
    );
    this.mayPull(this.servingRole, Stack.of(this).account, `${config.name}/model-server`);
    this.mayPullImage(this.trainingRole, config.training?.image);
    this.mayPullImage(this.scoringRole, config.scoring?.image);
  }

  private mayPullImage(role: Role, image: string | undefined): void {
    const [, account, repository] = /^(\d+)\.dkr\.ecr\.[^/]+\/([^:]+):/.exec(image ?? '') ?? [];
    if (account !== undefined && repository !== undefined) this.mayPull(role, account, repository);
  }

  private mayPull(role: Role, account: string, repository: string): void {
    const { partition, region } = Stack.of(this);
    const actions = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    const resources = [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`];
    role.addToPolicy(new PolicyStatement({ actions, resources }));
    role.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  }

  private role(
    id: string,
    description: string,
    objects: string[],
    keys: string[],
    { key, bucket }: ModelsProps,
    prefixes: readonly string[],
  ): Role {
    const role = new Role(this, id, { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'), description });
    const { partition, region, account } = Stack.of(this);
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(
        new PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
      );
    const below = prefixes.map((prefix) => `${prefix}/*`);
    allow(
      objects,
      below.map((each) => bucket.arnForObjects(each)),
    );
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': below } });
    allow(keys, [key.keyArn]);
    allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [`arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/*`],
    );
    allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker' } });
    justifyWildcards(
      role,
      [...below.map((each) => `/${each}`), ':log-group:/aws/sagemaker/*'],
      'Models and logs are named as they are made, below their prefixes.',
    );
    justifyWildcards(role, ['*'], 'PutMetricData and GetAuthorizationToken know no resources.');
    return role;
  }
}
