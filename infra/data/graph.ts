import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-neptune';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { justifyWildcards } from '../acknowledged';
import { NEPTUNE_PORT, type NetworkStack } from '../network/network-stack';
import type { KeptProps } from './kept';
import { LAKE_PREFIX } from './lake';
import { neptuneMlRole } from './neptune-ml-role';

export interface GraphProps extends KeptProps {
  readonly network: NetworkStack;
  readonly bucket: IBucket;
}

/** The journey graph: a Neptune cluster with streams and IAM authentication. */
export class Graph extends Construct {
  readonly cluster: CfnDBCluster;
  /** Reads what the hub wrote for the bulk loader, and nothing else. */
  readonly loaderRole: Role;
  /** By which Neptune ML learns and answers. */
  readonly mlRole: Role;

  constructor(scope: Construct, id: string, props: GraphProps) {
    super(scope, id);
    const { config, key, removal, network, bucket } = props;
    const { graph } = config;
    this.loaderRole = loaderRole(this, props);
    this.mlRole = neptuneMlRole(this, { config, key, bucket });
    const subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: 'without a way out',
      subnetIds: network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    });
    const family = `neptune${/^1\.\d+/.exec(graph.engineVersion)![0]}`;
    const parameters = new CfnDBClusterParameterGroup(this, 'Parameters', {
      family,
      description: 'streams before the first load',
      parameters: {
        // Must be on before the first load: what was written without it is never told.
        neptune_streams: '1',
        neptune_streams_expiry_days: String(graph.streamDays),
        neptune_enable_audit_log: '1',
        neptune_enforce_ssl: '1',
      },
    });
    this.cluster = new CfnDBCluster(this, 'Cluster', {
      engineVersion: graph.engineVersion,
      dbClusterParameterGroupName: parameters.ref,
      dbSubnetGroupName: subnets.ref,
      dbPort: NEPTUNE_PORT,
      vpcSecurityGroupIds: [network.graph.securityGroupId],
      iamAuthEnabled: true,
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      backupRetentionPeriod: graph.backupDays,
      copyTagsToSnapshot: true,
      deletionProtection: config.keepData,
      enableCloudwatchLogsExports: ['audit', 'slowquery'],
      associatedRoles: [this.loaderRole, this.mlRole].map(({ roleArn }) => ({ roleArn })),
      ...(graph.serverless
        ? { serverlessScalingConfiguration: { minCapacity: graph.capacity.min, maxCapacity: graph.capacity.max } }
        : {}),
    });
    this.cluster.applyRemovalPolicy(removal);
    for (let index = 0; index <= graph.readers; index++) {
      new CfnDBInstance(this, index === 0 ? 'Writer' : `Reader${index}`, {
        dbClusterIdentifier: this.cluster.ref,
        dbInstanceClass: graph.serverless ? 'db.serverless' : graph.instanceClass,
        autoMinorVersionUpgrade: true,
      }).applyRemovalPolicy(removal);
    }
  }

  /** The address that leads to the writer. */
  get url(): string {
    return `https://${this.cluster.attrEndpoint}:${NEPTUNE_PORT}`;
  }

  get reader(): string {
    return `https://${this.cluster.attrReadEndpoint}:${NEPTUNE_PORT}`;
  }

  /** What `neptune-db` actions are allowed on. */
  get dataArn(): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:neptune-db:${region}:${account}:${this.cluster.attrClusterResourceId}/*`;
  }
}

function loaderRole(scope: Construct, { key, bucket }: GraphProps): Role {
  const role = new Role(scope, 'LoaderRole', {
    assumedBy: new ServicePrincipal('rds.amazonaws.com'),
    description: "Neptune's bulk loader",
  });
  const files = `${LAKE_PREFIX}/neptune-loads/*`;
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(files)] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [files] } },
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }));
  justifyWildcards(role, [`/${files}`], 'The files of loads are named as they are written; all are below one prefix.');
  return role;
}
