import { CfnDataCatalog } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { CfnApplication } from 'aws-cdk-lib/aws-sam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NEPTUNE_PORT, type NetworkStack } from '../network/network-stack';
import type { Graph } from './graph';
import type { KeptProps } from './kept';
import { SPILL_PREFIX } from './lake';

export interface GraphConnectorProps extends KeptProps {
  readonly network: NetworkStack;
  readonly graph: Graph;
  readonly bucket: IBucket;
}

/** AWS's own application, as it publishes it. */
const APPLICATION = 'arn:aws:serverlessrepo:us-east-1:292517598671:applications/AthenaNeptuneConnector';

/** Athena's view of the graph: a catalog whose tables are labels of vertices and edges. */
export class GraphConnector extends Construct {
  constructor(scope: Construct, id: string, { config, network, graph, bucket }: GraphConnectorProps) {
    super(scope, id);
    const name = `${config.name}-graph`;
    const database = name.replaceAll('-', '_');
    const { account, partition, region } = Stack.of(this);
    new CfnDatabase(this, 'Labels', { catalogId: account, databaseInput: { name: database } });
    const application = new CfnApplication(this, 'Connector', {
      location: { applicationId: APPLICATION, semanticVersion: config.graph.athenaConnector.version },
      parameters: {
        AthenaCatalogName: name,
        GlueDatabaseName: database,
        IAMEnabled: 'true',
        NeptuneClusterEndpoint: graph.cluster.attrEndpoint,
        NeptuneClusterResourceID: graph.cluster.attrClusterResourceId,
        NeptuneGraphType: 'PROPERTYGRAPH',
        NeptunePort: String(NEPTUNE_PORT),
        SecurityGroupIds: network.graphConnector.securityGroupId,
        SpillBucket: bucket.bucketName,
        SpillPrefix: SPILL_PREFIX,
        SubnetIds: network.vpc.privateSubnets.map(({ subnetId }) => subnetId).join(','),
      },
    });
    new CfnDataCatalog(this, 'Catalog', {
      name,
      type: 'LAMBDA',
      parameters: { function: `arn:${partition}:lambda:${region}:${account}:function:${name}` },
    }).addResourceDependency(application);
  }
}
