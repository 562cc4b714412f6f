import type { ICluster, Secret } from 'aws-cdk-lib/aws-ecs';
import type { InfraConfig } from '../config';
import type { DataStack } from '../data/data-stack';
import type { NetworkStack } from '../network/network-stack';

/** What every service of the hub is given. */
export interface ServiceContext {
  readonly config: InfraConfig;
  readonly cluster: ICluster;
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** Where the hub's engines are. */
  readonly environment: Record<string, string>;
  /** What is shown to Temporal, by variables of the environment. */
  readonly secrets: Readonly<Record<string, Secret>>;
}
