import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { justifyWildcards } from '../acknowledged';
import type { InfraConfig } from '../config';
import type { DataStack } from '../data/data-stack';
import { LAKE_PREFIX, LANDING_PREFIX, MODELS_PREFIX } from '../data/lake';

type Allow = (actions: readonly string[], resources: readonly string[], prefixes?: readonly string[]) => void;

const NAMED_AS_WRITTEN = 'Objects are named as they are written: all are below prefixes that are the hub’s alone.';

/** What the worker may: what docs/aws.md says that its adapters need, of the hub's own data alone. */
export function allowWorker(role: Role, data: DataStack, config: InfraConfig): void {
  const allow = allowing(role);
  const { bucket } = data.lake;
  const objects = [LAKE_PREFIX, LANDING_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], objects);
  // Athena reads and writes tables as whoever asks it.
  allow(['s3:ListMultipartUploadParts'], [bucket.arnForObjects(`${LAKE_PREFIX}/*`)]);
  allow(['s3:ListBucket'], [bucket.bucketArn], [LAKE_PREFIX, LANDING_PREFIX]);
  allow(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]);
  allow(['kms:Decrypt', 'kms:GenerateDataKey'], [data.key.keyArn]);
  allowAthena(allow, data);
  allow(
    [
      ...['ReadDataViaQuery', 'WriteDataViaQuery', 'DeleteDataViaQuery', 'GetStreamRecords'],
      ...['StartLoaderJob', 'GetLoaderJobStatus', 'CancelLoaderJob'],
    ].map((action) => `neptune-db:${action}`),
    [data.graph.dataArn],
  );
  allow(
    ['DescribeStreamSummary', 'ListShards', 'GetShardIterator', 'GetRecords'].map((action) => `kinesis:${action}`),
    [data.events.stream.streamArn],
  );
  allowTriggers(allow, data);
  allowWarehouse(role, allow, data);
  if (config.training !== undefined) allowTraining(role, data, config.name);
  if (config.neptuneMl !== undefined) allowGraphLearning(role, allow, data);
  if (config.scoring !== undefined) allowScoring(role, data, config.name);
  if (config.serving !== undefined) allowServing(role, data, config.name);
  justifyWildcards(role, [`/${LAKE_PREFIX}/*`, `/${LANDING_PREFIX}/*`], NAMED_AS_WRITTEN);
  const { database } = data.lake;
  const tables = [database, `${database}_scratch`].map((name) => `:table/${name}/*`);
  justifyWildcards(role, tables, 'The hub makes its tables; both databases are its own.');
  justifyWildcards(role, ['/index/*'], 'The indexes of the table of triggers, which is the hub’s own.');
  justifyWildcards(role, ['arn:aws:neptune-db:…/*'], 'Neptune tells no parts of a cluster apart.');
}

/** What the API may: see how new the lake is, keep what is posted, and ask for addresses of dashboards. All else is answered by the worker, by way of Temporal. */
export function allowApi(role: Role, data: DataStack, { quicksight }: InfraConfig): void {
  const allow = allowing(role);
  const {
    lake: { bucket },
    key,
  } = data;
  if (quicksight !== undefined) allowDashboards(role, allow, quicksight);
  // The lake's versions, who may ask, and the end of the audit log's chains.
  const read = [`${LAKE_PREFIX}/manifests`, `${LAKE_PREFIX}/access/keys`, `${LAKE_PREFIX}/audit`];
  allow(
    ['s3:GetObject'],
    read.map((folder) => bucket.arnForObjects(`${folder}/*`)),
  );
  allow(['s3:ListBucket'], [bucket.bucketArn], read);
  // What is posted is kept in the landing zone, and who saw whom in the audit log.
  const kept = [`${LANDING_PREFIX}/streams`, `${LAKE_PREFIX}/audit`];
  allow(
    ['s3:PutObject', 's3:AbortMultipartUpload'],
    kept.map((folder) => bucket.arnForObjects(`${folder}/*`)),
  );
  allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
  justifyWildcards(
    role,
    [...read, ...kept].map((folder) => `/${folder}/*`),
    NAMED_AS_WRITTEN,
  );
}

/** What the model server may: fetch its model as it starts. */
export function allowModelServer(role: Role, { lake: { bucket }, key }: DataStack): void {
  const allow = allowing(role);
  allow(['s3:GetObject'], [bucket.arnForObjects(`${MODELS_PREFIX}/*`)]);
  allow(['s3:ListBucket'], [bucket.bucketArn], [MODELS_PREFIX]);
  allow(['kms:Decrypt'], [key.keyArn]);
  justifyWildcards(role, [`/${MODELS_PREFIX}/*`], NAMED_AS_WRITTEN);
}

function allowDashboards(
  role: Role,
  allow: Allow,
  { namespace, dashboards }: NonNullable<InfraConfig['quicksight']>,
): void {
  const { partition, region, account } = Stack.of(role);
  const arn = (resource: string) => `arn:${partition}:quicksight:${region}:${account}:${resource}`;
  const shown = dashboards.map((id) => arn(`dashboard/${id}`));
  allow(['quicksight:GenerateEmbedUrlForAnonymousUser'], [arn(`namespace/${namespace}`), ...shown]);
  allow(['quicksight:GenerateEmbedUrlForRegisteredUser'], [arn(`user/${namespace}/*`)]);
  justifyWildcards(role, [`:user/${namespace}/*`], 'Whoever reads dashboards is a user of this namespace.');
}

function allowAthena(allow: Allow, { lake }: DataStack): void {
  const { partition, region, account } = Stack.of(lake);
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  allow(
    ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution'].map((a) => `athena:${a}`),
    [arn('athena', `workgroup/${lake.workGroup}`)],
  );
  const databases = [lake.database, `${lake.database}_scratch`];
  allow(
    [
      ...['CreateDatabase', 'GetDatabase', 'GetDatabases'],
      ...['CreateTable', 'DeleteTable', 'GetTable', 'GetTables', 'UpdateTable', 'GetPartition', 'GetPartitions'],
    ].map((action) => `glue:${action}`),
    [
      arn('glue', 'catalog'),
      ...databases.flatMap((name) => [arn('glue', `database/${name}`), arn('glue', `table/${name}/*`)]),
    ],
  );
  // Athena looks it up for every statement that defines something.
  allow(['glue:GetDatabase'], [arn('glue', 'database/default')]);
}

function allowTriggers(allow: Allow, { triggers }: DataStack): void {
  for (const { tableArn } of triggers.tables) {
    allow(
      ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`),
      [tableArn],
    );
    allow(['dynamodb:Query'], [tableArn, `${tableArn}/index/*`]);
  }
}

function allowWarehouse(role: Role, allow: Allow, { warehouse: { workgroup } }: DataStack): void {
  allow(
    ['redshift-serverless:GetCredentials', 'redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
    [workgroup.attrWorkgroupWorkgroupArn],
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['DescribeStatement', 'GetStatementResult', 'CancelStatement'].map(
        (action) => `redshift-data:${action}`,
      ),
      resources: ['*'],
      conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
    }),
  );
  justifyWildcards(role, ['*'], 'Statements of the Data API have no names; the condition leaves the role its own.');
}

/** Training jobs that are named after the hub, under their own role; and where their models are registered. */
function allowTraining(role: Role, { models }: DataStack, name: string): void {
  allowSageMaker(role, name, {
    actions: ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob'],
    kinds: ['training-job'],
    passes: models.trainingRole,
    why: 'Jobs are named by what is learned, after the hub’s own name.',
  });
  allowSageMaker(role, name, {
    actions: ['CreateModelPackage', 'CreateModelPackageGroup', 'ListModelPackages', 'UpdateModelPackage'],
    kinds: ['model-package', 'model-package-group'],
    why: 'Groups are named by what is learned, after the hub’s own name.',
  });
}

/** Jobs and endpoints of Neptune ML, which works under a role of its own. */
function allowGraphLearning(role: Role, allow: Allow, { graph }: DataStack): void {
  const jobs = ['MLDataProcessingJob', 'MLModelTrainingJob', 'MLModelTransformJob'];
  const ofJob = (job: string) => [`Start${job}`, `Get${job}Status`, `Cancel${job}`];
  const actions = [...jobs.flatMap(ofJob), 'CreateMLEndpoint', 'GetMLEndpointStatus', 'DeleteMLEndpoint'];
  allow(
    actions.map((action) => `neptune-db:${action}`),
    [graph.dataArn],
  );
  allowPassing(role, graph.mlRole, ['rds.amazonaws.com', 'sagemaker.amazonaws.com']);
}

/** Batch transform jobs, and the models that they ask. */
function allowScoring(role: Role, { models }: DataStack, name: string): void {
  allowSageMaker(role, name, {
    actions: ['CreateModel', 'CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob'],
    kinds: ['model', 'transform-job'],
    passes: models.scoringRole,
    why: 'Jobs are named by what is asked, after the hub’s own name.',
  });
}

/** Endpoints that are named after the hub, and the versions behind them. */
function allowServing(role: Role, { models }: DataStack, name: string): void {
  const made = (kind: string) => [`Create${kind}`, `Describe${kind}`, `Delete${kind}`];
  allowSageMaker(role, name, {
    actions: [...['Model', 'EndpointConfig', 'Endpoint'].flatMap(made), 'UpdateEndpoint', 'InvokeEndpoint'],
    kinds: ['model', 'endpoint-config', 'endpoint'],
    passes: models.servingRole,
    why: 'Endpoints are named by what they serve, after the hub’s own name.',
  });
}

interface SageMakerPermission {
  readonly actions: readonly string[];
  /** Of what is named `<the hub's name>-…`. */
  readonly kinds: readonly string[];
  /** Whom SageMaker is to act as. */
  readonly passes?: Role;
  readonly why: string;
}

function allowSageMaker(role: Role, name: string, { actions, kinds, passes, why }: SageMakerPermission): void {
  const { partition, region, account } = Stack.of(role);
  role.addToPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `sagemaker:${action}`),
      resources: kinds.map((kind) => `arn:${partition}:sagemaker:${region}:${account}:${kind}/${name}-*`),
    }),
  );
  if (passes !== undefined) allowPassing(role, passes, 'sagemaker.amazonaws.com');
  justifyWildcards(
    role,
    kinds.map((kind) => `:${kind}/${name}-*`),
    why,
  );
}

function allowPassing(role: Role, passed: Role, to: string | readonly string[]): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [passed.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': to } },
    }),
  );
}

function allowing(role: Role): Allow {
  return (actions, resources, prefixes) => {
    role.addToPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(prefixes === undefined
          ? {}
          : { conditions: { StringLike: { 's3:prefix': prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]) } } }),
      }),
    );
  };
}
