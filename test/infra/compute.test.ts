import { Match, Template } from 'aws-cdk-lib/assertions';
import { hubSchema } from '../../schemas/hub';
import type { HubApp } from '../../infra/hub-app';
import { actionsOf, hubApp, resourcesOf, statementsOf } from './hub-app';

const hub = hubApp();
const compute = Template.fromStack(hub.compute);

interface Container {
  readonly Name: string;
  readonly Command: string[];
  readonly ReadonlyRootFilesystem: boolean;
  readonly Environment?: { readonly Name: string; readonly Value: unknown }[];
  readonly Secrets?: { readonly Name: string }[];
}

const containers = Object.values(compute.findResources('AWS::ECS::TaskDefinition')).flatMap(
  ({ Properties }) => Properties['ContainerDefinitions'] as Container[],
);
const container = (command: string) => containers.find(({ Command }) => Command[0] === command)!;

/** A value of a template as it is once CloudFormation has filled in what it knows. */
function deployed(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[kind, inner]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
  if (kind === 'Fn::Join') {
    const [between, parts] = inner as [string, unknown[]];
    return parts.map(deployed).join(between);
  }
  const text = JSON.stringify(inner);
  if (/AccountId/.test(text)) return '111122223333';
  return /Role/.test(text) ? 'arn:aws:iam::111122223333:role/loader' : 'name.of-what-is-deployed';
}

it('workers are told of engines that the hub folder’s own schema takes', () => {
  const environment = Object.fromEntries(
    container('worker').Environment!.map(({ Name, Value }) => [Name, deployed(Value)]),
  );
  const { HUB_ROOM: room, HUB_ENGINES: engines } = environment;
  const settings = hubSchema.parse({ name: 'Test', timezone: 'UTC', room, engines: JSON.parse(engines!) as unknown });
  expect(settings).toMatchObject({
    room: 'aws',
    engines: {
      aws: {
        region: 'eu-central-1',
        lake: { prefix: 'lake', database: 'journey_hub', workGroup: 'journey-hub' },
        landing: { prefix: 'landing' },
        neptune: { iam: true, url: 'https://name.of-what-is-deployed:8182' },
        triggers: { prefix: 'journey-hub-' },
      },
    },
  });
  expect(environment).toMatchObject({ TEMPORAL_TLS: 'true', TEMPORAL_NAMESPACE: 'journey-hub.a1b2c' });
});

/** The engines that a worker is told of, as it reads them. */
function enginesOf(app: HubApp) {
  const tasks = Template.fromStack(app.compute).findResources('AWS::ECS::TaskDefinition');
  const worker = Object.values(tasks)
    .flatMap(({ Properties }) => Properties['ContainerDefinitions'] as Container[])
    .find(({ Command }) => Command[0] === 'worker')!;
  const json = deployed(worker.Environment!.find(({ Name }) => Name === 'HUB_ENGINES')!.Value);
  return hubSchema.parse({ name: 'T', timezone: 'UTC', room: 'aws', engines: JSON.parse(json) as unknown }).engines;
}

describe('training jobs', () => {
  const training = { image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5' };
  const ofJobs = (app: HubApp) =>
    actionsOf(app, 'Compute/WorkerHubTaskRole').filter((action) => action.startsWith('sagemaker:'));

  it('are begun by workers of a hub that names the image, and by no others', () => {
    const app = hubApp({ training });
    expect(ofJobs(app)).toEqual(
      [
        ...['CreateModelPackage', 'CreateModelPackageGroup', 'CreateTrainingJob', 'DescribeTrainingJob'],
        ...['ListModelPackages', 'StopTrainingJob', 'UpdateModelPackage'],
      ].map((action) => `sagemaker:${action}`),
    );
    expect(ofJobs(hub)).toEqual([]);
    const pass = statementsOf(app, 'Compute/WorkerHubTaskRole').find(({ Action }) => Action === 'iam:PassRole')!;
    expect(JSON.stringify(pass.Resource)).toContain('TrainingRole');
    expect(pass.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
  });

  it('are named to workers as the hub folder’s own schema takes them', () => {
    expect(enginesOf(hubApp({ training })).aws!.training).toMatchObject({
      ...training,
      name: 'journey-hub',
      instanceType: 'ml.m5.xlarge',
    });
  });
});

describe('endpoints of models', () => {
  it('are made, asked and removed by workers of a hub that has them, under the role of containers', () => {
    const app = hubApp({ serving: {} });
    const actions = actionsOf(app, 'Compute/WorkerHubTaskRole').filter((action) => action.startsWith('sagemaker:'));
    const made = ['Model', 'EndpointConfig', 'Endpoint'].flatMap((kind) =>
      ['Create', 'Describe', 'Delete'].map((verb) => `sagemaker:${verb}${kind}`),
    );
    expect(actions).toEqual([...made, 'sagemaker:InvokeEndpoint', 'sagemaker:UpdateEndpoint'].sort());
    const pass = statementsOf(app, 'Compute/WorkerHubTaskRole').find(({ Action }) => Action === 'iam:PassRole')!;
    expect(JSON.stringify(pass.Resource)).toContain('ServingRole');
  });

  it('are named to workers as the hub folder’s own schema takes them', () => {
    const capacity = { serverlessMemoryMb: 2_048, mostAtOnce: 4 };
    const { serving } = enginesOf(hubApp({ serving: { capacity } })).aws!;
    expect(serving).toMatchObject({ name: 'journey-hub', capacity });
    expect(serving!.image).toMatch(/\.dkr\.ecr\..*:latest-release$/);
  });
});

it('batch transform jobs are begun by workers of a hub that has them, under a role that reads and writes below the models', () => {
  const image = '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5';
  const app = hubApp({ scoring: { image } });
  const actions = actionsOf(app, 'Compute/WorkerHubTaskRole').filter((action) => action.startsWith('sagemaker:'));
  expect(actions).toEqual(
    ['CreateModel', 'CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob'].map(
      (each) => `sagemaker:${each}`,
    ),
  );
  expect(enginesOf(app).aws!.scoring).toMatchObject({ image, name: 'journey-hub', instances: 1 });
  const pulls = statementsOf(app, 'Data/ModelsScoringRole').find(({ Action }) => Action.includes('ecr:BatchGetImage'));
  expect(JSON.stringify(pulls!.Resource)).toContain(':1:repository/sagemaker-xgboost');
});

it('Neptune ML learns for workers of a hub that has it, under a role that they may pass on', () => {
  const app = hubApp({ neptuneMl: {} });
  const actions = actionsOf(app, 'Compute/WorkerHubTaskRole').filter((action) => /^neptune-db:.*ML/.test(action));
  expect(actions).toHaveLength(12);
  const { neptuneMl } = enginesOf(app).aws!;
  expect(neptuneMl).toMatchObject({ name: 'journey-hub', trainings: 10 });
  const pass = statementsOf(app, 'Compute/WorkerHubTaskRole').find(({ Action }) => Action === 'iam:PassRole')!;
  expect(JSON.stringify(pass.Resource)).toContain('MlRole');
});

it('dashboards of QuickSight are asked for by the API, those that are named and no others', () => {
  const api = (app: HubApp) =>
    actionsOf(app, 'Compute/ApiHubTaskRole').filter((action) => action.startsWith('quicksight:'));
  expect(api(hub)).toEqual([]);
  const app = hubApp({ quicksight: { dashboards: ['care'] } });
  expect(api(app)).toEqual([
    'quicksight:GenerateEmbedUrlForAnonymousUser',
    'quicksight:GenerateEmbedUrlForRegisteredUser',
  ]);
  const asked = statementsOf(app, 'Compute/ApiHubTaskRole').filter(({ Action }) =>
    Action.toString().includes('quicksight'),
  );
  expect(JSON.stringify(asked)).toMatch(/dashboard\/care.*user\/default\/\*/);
  expect(enginesOf(app).aws!.quicksight).toMatchObject({ namespace: 'default' });
});

it('the key of Temporal is a secret, and of those alone who speak to Temporal', () => {
  const knows = containers.filter(({ Secrets }) => Secrets?.some(({ Name }) => Name === 'TEMPORAL_API_KEY'));
  expect(knows.map(({ Command }) => Command[0]).sort()).toEqual(['api', 'backlog', 'worker']);
});

it('a cluster of one’s own is shown a certificate, or nothing', () => {
  const secretsOf = (authentication: string) => {
    const temporal = { address: 'temporal.example:7233', namespace: 'hub', authentication };
    const tasks = Template.fromStack(hubApp({ temporal }).compute).findResources('AWS::ECS::TaskDefinition');
    return Object.values(tasks)
      .flatMap(({ Properties }) => Properties['ContainerDefinitions'] as Container[])
      .find(({ Command }) => Command[0] === 'worker')!
      .Secrets?.map(({ Name }) => Name);
  };
  expect(secretsOf('certificate')).toEqual(['TEMPORAL_TLS_CLIENT_CERT_DATA', 'TEMPORAL_TLS_CLIENT_KEY_DATA']);
  expect(secretsOf('none')).toBeUndefined();
});

it('containers cannot write to their file system, and take back a release that does not come up', () => {
  expect(containers.filter(({ ReadonlyRootFilesystem }) => !ReadonlyRootFilesystem)).toEqual([]);
  compute.allResourcesProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
  });
});

describe('roles of tasks', () => {
  it('allow the worker what docs/aws.md says that its adapters need', () => {
    expect(actionsOf(hub, 'Compute/WorkerHubTaskRole')).toEqual(
      [
        ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetBucketLocation', 's3:GetObject', 's3:ListBucket'],
        ...['s3:ListBucketMultipartUploads', 's3:ListMultipartUploadParts', 's3:PutObject'],
        ...['kms:Decrypt', 'kms:GenerateDataKey'],
        ...['athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StartQueryExecution'],
        'athena:StopQueryExecution',
        ...['glue:CreateDatabase', 'glue:GetDatabase', 'glue:GetDatabase', 'glue:GetDatabases', 'glue:CreateTable'],
        ...['glue:DeleteTable', 'glue:GetPartition', 'glue:GetPartitions', 'glue:GetTable', 'glue:GetTables'],
        'glue:UpdateTable',
        ...['neptune-db:CancelLoaderJob', 'neptune-db:DeleteDataViaQuery', 'neptune-db:GetLoaderJobStatus'],
        ...['neptune-db:GetStreamRecords', 'neptune-db:ReadDataViaQuery', 'neptune-db:StartLoaderJob'],
        'neptune-db:WriteDataViaQuery',
        ...['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        'dynamodb:UpdateItem',
        ...['kinesis:DescribeStreamSummary', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
        ...['redshift-data:BatchExecuteStatement', 'redshift-data:CancelStatement', 'redshift-data:DescribeStatement'],
        ...['redshift-data:ExecuteStatement', 'redshift-data:GetStatementResult', 'redshift-serverless:GetCredentials'],
      ].sort(),
    );
  });

  it('allow the API to see the lake’s manifests, to keep what is posted, and nothing else', () => {
    expect(actionsOf(hub, 'Compute/ApiHubTaskRole')).toEqual([
      ...['kms:Decrypt', 'kms:GenerateDataKey'],
      ...['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ]);
    const allowed = (action: string) =>
      JSON.stringify(statementsOf(hub, 'Compute/ApiHubTaskRole').filter(({ Action }) => Action.includes(action)));
    expect(allowed('s3:GetObject')).toContain('/lake/manifests/*');
    expect(allowed('s3:GetObject')).toContain('/lake/access/keys/*');
    expect(allowed('s3:PutObject')).toContain('/landing/streams/*');
    expect(allowed('s3:PutObject')).toContain('/lake/audit/*');
  });

  it('allow what tells the backlog nothing at all', () => {
    expect(actionsOf(hub, 'Compute/BacklogHubTaskRole')).toEqual([]);
  });

  it('allow the model server to fetch models', () => {
    expect(actionsOf(hub, 'Compute/ModelServerHubTaskRole')).toEqual(['kms:Decrypt', 's3:GetObject', 's3:ListBucket']);
  });

  it('name no action by a wildcard, nor every resource but for actions that know none', () => {
    const statements = statementsOf(hub, '').filter(({ Effect }) => Effect === 'Allow');
    const actions = (wide: (statement: (typeof statements)[number]) => boolean) =>
      new Set(statements.filter(wide).flatMap(({ Action }) => Action));
    expect([...actions(() => true)].filter((action) => action.includes('*'))).toEqual([]);
    expect(actions(({ Resource }) => Resource === '*')).toEqual(
      new Set([
        ...['cloudwatch:PutMetricData', 'ecr:GetAuthorizationToken', 'redshift-data:CancelStatement'],
        ...['redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'],
      ]),
    );
  });
});

it('workers come as tasks wait, and go when none does', () => {
  compute.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
  compute.hasResourceProperties('AWS::Logs::MetricFilter', {
    FilterPattern: '{ $.backlog = "*" }',
    MetricTransformations: [{ MetricName: 'TasksWaiting', MetricNamespace: 'journey-hub', MetricValue: '$.backlog' }],
  });
  compute.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'TasksWaiting',
    Threshold: 20,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
  expect(container('backlog').Command).toEqual(['backlog', '--every', '30']);
});

describe('the load balancer of the API', () => {
  it('has no public address', () => {
    compute.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  });

  it('passes nothing on but what has a token of the user pool that is good for the API', () => {
    const listeners = Object.values(compute.findResources('AWS::ElasticLoadBalancingV2::Listener'));
    expect(listeners).toHaveLength(1);
    expect(listeners[0]!['Properties']).toMatchObject({
      Protocol: 'HTTPS',
      DefaultActions: [
        {
          Type: 'jwt-validation',
          Order: 1,
          JwtValidationConfig: {
            AdditionalClaims: [{ Format: 'space-separated-values', Name: 'scope', Values: ['journey-hub/ask'] }],
          },
        },
        { Type: 'forward', Order: 2 },
      ],
    });
  });

  it('but for a browser that asks whether it may ask, and viewers of dashboards, whose token the API verifies', () => {
    const rules = Object.values(compute.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    const passed = rules.map(({ Properties }) =>
      (Properties['Conditions'] as Record<string, { Values: string[] }>[]).flatMap(
        ({ HttpRequestMethodConfig: methods, PathPatternConfig: paths }) =>
          [methods, paths].flatMap((of) => of?.Values ?? []),
      ),
    );
    expect(passed.sort()).toEqual([
      ['GET', '/v1/embedded-dashboard'],
      ['OPTIONS', '/v1/*'],
    ]);
    const [api] = containers.filter(({ Command }) => Command[0] === 'api');
    expect(api!.Secrets!.map(({ Name }) => Name)).toContain('HUB_EMBED_KEY');
    const knows = containers.filter(({ Secrets }) => Secrets?.some(({ Name }) => Name === 'HUB_EMBED_KEY'));
    expect(knows).toHaveLength(1);
  });
});

it('people have a second factor, and nobody makes an account for himself', () => {
  compute.hasResourceProperties('AWS::Cognito::UserPool', {
    MfaConfiguration: 'ON',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  });
  compute.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    AllowedOAuthFlows: ['code'],
    GenerateSecret: false,
    CallbackURLs: ['https://hub.example.com/'],
    AllowedOAuthScopes: Match.arrayWith(['openid']),
  });
});

it('nothing in the network is reached from everywhere', () => {
  const open = resourcesOf(hub)
    .filter(([, { Type }]) => /^AWS::EC2::SecurityGroup(Ingress)?$/.test(Type))
    .flatMap(([name, { Properties }]) =>
      [Properties, ...((Properties['SecurityGroupIngress'] as unknown[] | undefined) ?? [])].map(
        (rule): [string, Record<string, unknown>] => [name, rule as Record<string, unknown>],
      ),
    )
    .filter(([, rule]) => rule['CidrIp'] !== undefined || rule['CidrIpv6'] !== undefined);
  expect(open).toEqual([]);
});

it('the graph is reached by the hub and by Athena, and the API by the load balancer, which only CloudFront reaches', () => {
  const ways = resourcesOf(hub, 'AWS::EC2::SecurityGroupIngress').map(([name, { Properties }]) => {
    const { FromPort, SourceSecurityGroupId: group, SourcePrefixListId: list } = Properties;
    const from = list ?? (group as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0].replace(/[A-F0-9]{8}$/, '');
    return `${String(from)} → ${name.replace(/^Network\/|from.*$/g, '')}:${String(FromPort)}`;
  });
  expect(ways.sort()).toEqual([
    'GraphConnector → Graph:8182',
    'LoadBalancer → Api:8080',
    'Workers → Graph:8182',
    'pl-a3a144ca → LoadBalancer:443',
  ]);
});
