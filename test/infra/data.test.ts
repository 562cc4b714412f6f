import { Match, Template } from 'aws-cdk-lib/assertions';
import { triggerTables } from '../../adapters/aws/dynamodb/trigger-tables';
import { hubApp, resourcesOf, type Resource } from './hub-app';

const hub = hubApp();
const data = Template.fromStack(hub.data);

const BUCKETS = resourcesOf(hub, 'AWS::S3::Bucket');

it.each(BUCKETS)('%s is public to nobody, and encrypted', (_, { Properties }) => {
  expect(Properties['PublicAccessBlockConfiguration']).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  expect(Properties['BucketEncryption']).toBeDefined();
});

it.each(BUCKETS)('%s is spoken to over TLS alone', (name) => {
  const [stack, bucket] = name.split('/') as [string, string];
  const policies = resourcesOf(hub, 'AWS::S3::BucketPolicy').filter(
    ([policy, { Properties }]) =>
      policy.startsWith(`${stack}/`) && (Properties['Bucket'] as { Ref: string }).Ref === bucket,
  );
  expect(JSON.stringify(policies)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
});

it('the lake is encrypted with the hub’s own key, ends uploads that were left, and removes what was for a while', () => {
  data.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Match.anyValue() } },
      ],
    },
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: Match.arrayWith([
        Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
        Match.objectLike({ Prefix: 'lake/neptune-loads/', ExpirationInDays: 14 }),
      ]),
    },
  });
});

it('no rule of the lake’s bucket removes tables, manifests or files of commits', () => {
  const rules = Object.values(data.findResources('AWS::S3::Bucket')).flatMap(
    ({ Properties }) =>
      (Properties['LifecycleConfiguration'] as { Rules: { Prefix?: string; ExpirationInDays?: number }[] }).Rules,
  );
  const removed = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined).map(({ Prefix }) => Prefix);
  // Access logs have a bucket of their own, all of which is removed in time.
  expect(removed.sort()).toEqual(
    ['athena-neptune-spill/', 'lake/answers/', 'lake/neptune-loads/', 'landing/', undefined].sort(),
  );
});

it('the graph tells what changes, asks who it is, and is encrypted', () => {
  data.hasResourceProperties('AWS::Neptune::DBCluster', {
    IamAuthEnabled: true,
    StorageEncrypted: true,
    KmsKeyId: Match.anyValue(),
    DeletionProtection: true,
    ServerlessScalingConfiguration: { MinCapacity: 2, MaxCapacity: 32 },
  });
  data.hasResourceProperties('AWS::Neptune::DBClusterParameterGroup', {
    Family: 'neptune1.4',
    Parameters: Match.objectLike({ neptune_streams: '1' }),
  });
  data.resourceCountIs('AWS::Neptune::DBInstance', 2);
});

it('the graph may have instances of a size, and more readers', () => {
  const other = Template.fromStack(
    hubApp({ graph: { serverless: false, readers: 2, instanceClass: 'db.r6g.large' } }).data,
  );
  other.hasResourceProperties('AWS::Neptune::DBCluster', { ServerlessScalingConfiguration: Match.absent() });
  other.allResourcesProperties('AWS::Neptune::DBInstance', { DBInstanceClass: 'db.r6g.large' });
  other.resourceCountIs('AWS::Neptune::DBInstance', 3);
});

it('the table of triggers is the one that the trigger store defines', () => {
  const [table] = triggerTables('journey-hub-');
  data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Match.arrayWith(
      Object.entries(table.attributes).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    ),
    KeySchema: [
      { AttributeName: table.key.partition, KeyType: 'HASH' },
      { AttributeName: table.key.sort, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: table.indexes.map(({ name, partition, sort, projection }) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: projection },
    })),
    TimeToLiveSpecification: { AttributeName: table.timeToLive, Enabled: true },
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
  });
});

it('Athena writes answers where the hub reads them, encrypted, and reads no more than it may', () => {
  data.hasResourceProperties('AWS::Athena::WorkGroup', {
    Name: 'journey-hub',
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 200_000_000_000,
      ResultConfiguration: {
        EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' },
        OutputLocation: { 'Fn::Join': ['', Match.arrayWith(['/lake/answers/'])] },
      },
    },
  });
  const names = Object.values(data.findResources('AWS::Glue::Database')).map(
    ({ Properties }) => (Properties['DatabaseInput'] as { Name: string }).Name,
  );
  expect(names).toEqual(expect.arrayContaining(['journey_hub', 'journey_hub_scratch']));
});

it('the warehouse and the stream are encrypted with the hub’s own key, and nobody reaches the warehouse from outside', () => {
  data.hasResourceProperties('AWS::RedshiftServerless::Namespace', {
    KmsKeyId: Match.anyValue(),
    ManageAdminPassword: true,
    AdminUserPassword: Match.absent(),
  });
  data.hasResourceProperties('AWS::RedshiftServerless::Workgroup', {
    PubliclyAccessible: false,
    EnhancedVpcRouting: true,
  });
  data.hasResourceProperties('AWS::Kinesis::Stream', { StreamEncryption: { EncryptionType: 'KMS' } });
});

const KEEPS =
  /^AWS::(S3::Bucket|Neptune::DB(Cluster|Instance)|DynamoDB::GlobalTable|RedshiftServerless::Namespace|KMS::Key|ECR::Repository)$/;
const kept = (resources: [string, Resource][]) =>
  resources.filter(([name, { Type }]) => name.startsWith('Data/') && KEEPS.test(Type)).map(([, r]) => r.DeletionPolicy);

it('data outlive their stack, unless a trial is to go without a trace', () => {
  expect(new Set(kept(resourcesOf(hub)))).toEqual(new Set(['Retain']));
  expect(new Set(kept(resourcesOf(hubApp({ keepData: false }))))).toEqual(new Set(['Delete']));
});

it('what reads the graph for Athena is AWS’s own application, by its published parameters', () => {
  data.hasResourceProperties('AWS::Serverless::Application', {
    Location: { ApplicationId: Match.stringLikeRegexp('AthenaNeptuneConnector$'), SemanticVersion: '2023.46.2' },
    Parameters: Match.objectLike({ IAMEnabled: 'true', SpillPrefix: 'athena-neptune-spill' }),
  });
  const without = Template.fromStack(hubApp({ graph: { athenaConnector: { enabled: false } } }).data);
  without.resourceCountIs('AWS::Serverless::Application', 0);
});
