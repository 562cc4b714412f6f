import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Lake } from '../../../ports/lake';
import type { ModelScorer } from '../../../ports/model-scorer';
import type { ModelTrainer } from '../../../ports/model-trainer';
import type { ObjectStore } from '../../../ports/object-store';
import type { TreeBooster } from '../../../ports/tree-booster';
import type { AwsConnection } from '../client-policy';
import { websocketOf, writerOf } from '../neptune/cluster-address';
import { neptuneDataClient } from '../neptune/data-client';
import { NeptuneSession, SESSION_DEFAULTS } from '../neptune/neptune-session';
import { GraphExports } from './graph-export';
import { GraphInference } from './graph-inference';
import { GraphLearning } from './graph-learning';
import { KeptGraphModels } from './kept-graph-models';
import { NeptuneMlEndpoints } from './ml-endpoints';
import { NeptuneMlJobs } from './ml-jobs';
import type { NeptuneMlSettings } from './ml-settings';
import { NeptuneMlScorer } from './neptune-ml-scorer';
import { NeptuneMlTrainer } from './neptune-ml-trainer';
import { ServedEndpoints } from './served-endpoints';

export interface NeptuneMlOptions {
  /** `endpoints.neptune` is the cluster's address, which leads to the writer: `https://host:8182`. */
  readonly connection: AwsConnection;
  /** Whether the cluster has IAM authentication, so that requests are signed. */
  readonly iam: boolean;
  readonly settings: NeptuneMlSettings;
  readonly lake: Lake;
  readonly objects: ObjectStore;
  /** Of the objects, as SageMaker names it: `s3://bucket/prefix`. */
  readonly location: string;
  /** What learns the linear model that the graph's is compared with. */
  readonly startBooster: () => Promise<TreeBooster>;
  readonly threads: number;
}

export interface NeptuneMl {
  readonly trainer: ModelTrainer;
  readonly scorer: Pick<ModelScorer, 'score' | 'explain'>;
  readonly models: KeptGraphModels;
  close(): Promise<void>;
}

/**
 * Models that Neptune ML learns. Nothing is connected before it is needed.
 *
 * @throws HubError `AWS_ENDPOINT_INVALID` where the cluster's address is missing or no URL
 */
export function openNeptuneMl(options: NeptuneMlOptions): NeptuneMl {
  const { connection, iam, settings, lake, objects, location, startBooster, threads } = options;
  const address = writerOf(connection);
  const credentials = iam ? defaultProvider() : undefined;
  const client = neptuneDataClient(connection, credentials);
  const { region } = connection;
  const session = new NeptuneSession({ ...SESSION_DEFAULTS, url: websocketOf(address), region, credentials });
  const exports = new GraphExports(lake, objects);
  const learning = new GraphLearning({
    exports,
    jobs: new NeptuneMlJobs(client, settings),
    endpoints: new NeptuneMlEndpoints(client, settings),
    location,
    name: settings.name,
    basis: JSON.stringify(settings),
  });
  const models = new KeptGraphModels(objects);
  const inference = new GraphInference(session, settings.roleArn);
  const parts = { lake, models, learning, inference };
  return {
    models,
    trainer: new NeptuneMlTrainer({ ...parts, exports, startBooster, threads }),
    scorer: new NeptuneMlScorer({ ...parts, served: new ServedEndpoints(objects, learning) }),
    close: async () => {
      await session.close();
      client.destroy();
    },
  };
}
