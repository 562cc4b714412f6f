import { RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InfraConfig } from './config';

export interface HubStackProps {
  readonly config: InfraConfig;
  readonly description: string;
  /** By default that of the hub. */
  readonly region?: string;
}

/** One concern of a hub. It knows its region, but no account: nothing is looked up when it is synthesised. */
export class HubStack extends Stack {
  protected readonly config: InfraConfig;

  constructor(scope: Construct, id: string, { config, description, region }: HubStackProps) {
    super(scope, id, {
      stackName: `${config.name}-${id.toLowerCase()}`,
      description,
      env: { region: region ?? config.region },
      crossRegionReferences: true,
      terminationProtection: config.keepData,
    });
    this.config = config;
    // Budgets go by it. These have had tags for so short a time that not every validator of templates knows them.
    Tags.of(this).add('application', config.name, {
      excludeResourceTypes: [
        'AWS::ApplicationAutoScaling::ScalableTarget',
        'AWS::CloudWatch::Dashboard',
        'AWS::ElasticLoadBalancingV2::Listener',
      ],
    });
  }

  /** What becomes of data whose stack goes. */
  protected get dataRemoval(): RemovalPolicy {
    return this.config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }
}
