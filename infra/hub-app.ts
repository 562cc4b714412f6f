import { App, Validations, type AppProps } from 'aws-cdk-lib';
import { ComputeStack } from './compute/compute-stack';
import type { InfraConfig } from './config';
import { DataStack } from './data/data-stack';
import { HubChecks } from './hub-checks';
import { NetworkStack } from './network/network-stack';
import { ObservabilityStack } from './observability/observability-stack';
import { Dashboards } from './website/dashboards';
import { EdgeStack } from './website/edge-stack';
import { WebsiteStack } from './website/website-stack';

/** How the CDK behaves where it changed for the better, and asks. */
const BEHAVIOUR = {
  '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
  '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/core:target-partitions': ['aws'],
};

/** The stacks of a hub, from the one that nothing goes without to the one that nothing needs. */
export interface HubApp {
  readonly app: App;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly compute: ComputeStack;
  readonly edge: EdgeStack;
  readonly website: WebsiteStack;
  readonly observability: ObservabilityStack;
}

/** A hub on AWS, one stack a concern. What AWS's own rules find is an error when it is synthesised. */
export function createHubApp(config: InfraConfig, props: AppProps = {}): HubApp {
  const app = new App({ ...props, context: { ...BEHAVIOUR, ...props.context } });
  Validations.of(app).addPlugins(new HubChecks(app));
  const described = (what: string) => ({ config, description: `${config.name}: ${what}` });
  const network = new NetworkStack(app, 'Network', described('its network'));
  const data = new DataStack(app, 'Data', { ...described('what it keeps'), network });
  new Dashboards(data, 'Dashboards', data);
  const compute = new ComputeStack(app, 'Compute', { ...described('what runs'), network, data });
  const edge = new EdgeStack(app, 'Edge', described('what requests must pass'));
  const website = new WebsiteStack(app, 'Website', {
    ...described('the website, and the way to the API'),
    webAcl: edge.webAcl,
    api: compute.api.loadBalancer,
    tokenIssuer: compute.api.signIn.issuer,
  });
  const observability = new ObservabilityStack(app, 'Observability', {
    ...described('alarms and costs'),
    data,
    compute,
  });
  return { app, network, data, compute, edge, website, observability };
}
