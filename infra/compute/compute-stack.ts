import { CfnOutput } from 'aws-cdk-lib';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { DataStack } from '../data/data-stack';
import { HubStack, type HubStackProps } from '../hub-stack';
import type { NetworkStack } from '../network/network-stack';
import { Api } from './api';
import { Backlog } from './backlog';
import { hubEnvironment } from './hub-environment';
import { ModelServer } from './model-server';
import type { ServiceContext } from './service-context';
import { Worker } from './worker';

export interface ComputeStackProps extends HubStackProps {
  readonly network: NetworkStack;
  readonly data: DataStack;
}

/** What runs: workers, the API, the model server. */
export class ComputeStack extends HubStack {
  readonly cluster: Cluster;
  readonly backlog: Backlog;
  readonly worker: Worker;
  readonly api: Api;
  readonly modelServer: ModelServer;

  constructor(scope: Construct, id: string, { network, data, ...props }: ComputeStackProps) {
    super(scope, id, props);
    const { config } = this;
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: network.vpc,
      clusterName: config.name,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const environment = hubEnvironment(this, config, data);
    const context: ServiceContext = {
      config,
      cluster: this.cluster,
      network,
      data,
      environment,
      secrets: data.temporal.secrets,
    };
    this.backlog = new Backlog(this, 'Backlog', context);
    this.worker = new Worker(this, 'Worker', { ...context, backlog: this.backlog.waiting });
    this.api = new Api(this, 'Api', context);
    this.modelServer = new ModelServer(this, 'ModelServer', context);
    const { issuer, people, systems, scope: asked } = this.api.signIn;
    new CfnOutput(this, 'HubEngines', {
      value: environment['HUB_ENGINES']!,
      description: 'engines of hub.yaml, as JSON',
    });
    new CfnOutput(this, 'TokenIssuer', { value: issuer });
    new CfnOutput(this, 'TokenScope', { value: asked });
    new CfnOutput(this, 'WebsiteClient', { value: people.userPoolClientId });
    new CfnOutput(this, 'SystemsClient', { value: systems.userPoolClientId });
  }
}
