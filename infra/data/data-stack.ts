import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HubStackProps } from '../hub-stack';
import { HubStack } from '../hub-stack';
import type { NetworkStack } from '../network/network-stack';
import { EmbedKey } from './embed-key';
import { EventStream } from './event-stream';
import { Graph } from './graph';
import { GraphConnector } from './graph-connector';
import { Images } from './images';
import { Lake } from './lake';
import { Models } from './models';
import { TemporalCredentials } from './temporal-credentials';
import { Triggers } from './triggers';
import { Warehouse } from './warehouse';

export interface DataStackProps extends HubStackProps {
  readonly network: NetworkStack;
}

/** What is kept: lake, graph, triggers, warehouse, models, images. It goes last, and by default stays. */
export class DataStack extends HubStack {
  readonly key: Key;
  readonly lake: Lake;
  readonly graph: Graph;
  readonly triggers: Triggers;
  readonly events: EventStream;
  readonly warehouse: Warehouse;
  readonly models: Models;
  readonly images: Images;
  readonly temporal: TemporalCredentials;
  readonly embedKey: EmbedKey;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { network } = props;
    const { config, dataRemoval: removal } = this;
    this.key = new Key(this, 'Key', {
      description: `data of ${config.name}`,
      enableKeyRotation: true,
      removalPolicy: removal,
    });
    const kept = { config, key: this.key, removal };
    this.lake = new Lake(this, 'Lake', kept);
    this.models = new Models(this, 'Models', { ...kept, bucket: this.lake.bucket });
    this.graph = new Graph(this, 'Graph', { ...kept, network, bucket: this.lake.bucket });
    this.triggers = new Triggers(this, 'Triggers', kept);
    this.events = new EventStream(this, 'Events', kept);
    this.warehouse = new Warehouse(this, 'Warehouse', { ...kept, network, bucket: this.lake.bucket });
    this.images = new Images(this, 'Images', kept);
    this.temporal = new TemporalCredentials(this, 'Temporal', kept);
    this.embedKey = new EmbedKey(this, 'EmbedKey', kept);
    if (config.graph.athenaConnector.enabled) {
      new GraphConnector(this, 'GraphConnector', { ...kept, network, graph: this.graph, bucket: this.lake.bucket });
    }
    new CfnOutput(this, 'LakeBucket', { value: this.lake.bucket.bucketName });
    new CfnOutput(this, 'LakeKey', { value: this.key.keyArn });
    new CfnOutput(this, 'NeptuneUrl', { value: this.graph.url });
    new CfnOutput(this, 'NeptuneReader', { value: this.graph.reader });
    new CfnOutput(this, 'NeptuneLoaderRole', { value: this.graph.loaderRole.roleArn });
    new CfnOutput(this, 'AthenaWorkGroup', { value: this.lake.workGroup });
  }
}
