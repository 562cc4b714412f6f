import type { AwsConnection } from '../adapters/aws/client-policy';
import { byLearner } from '../adapters/aws/neptune-ml/by-learner';
import { openNeptuneMl, type NeptuneMl } from '../adapters/aws/neptune-ml/open-neptune-ml';
import type { Hub } from '../adapters/local/hub-folder';
import { Xgboost } from '../adapters/local/propensity/xgboost';
import type { Lake } from '../ports/lake';
import type { AwsSettings } from '../schemas/engines';
import { lakeLocation } from './lake-location';
import type { Room } from './room';
import type { SageMakerParts } from './sagemaker';

/** Models of a graph, where the settings name the role that they are learned under. */
export function openGraphLearning(
  { settings: { engines, worker } }: Hub,
  lake: Lake,
  { connection, objects }: SageMakerParts,
): NeptuneMl | undefined {
  const settings = engines.aws!;
  const { neptuneMl, neptune } = settings;
  if (neptuneMl === undefined) return undefined;
  const { role: roleArn, mostHours, ...rest } = neptuneMl;
  return openNeptuneMl({
    connection: neptuneConnection(settings, connection),
    iam: neptune.iam,
    settings: { ...rest, roleArn, mostSeconds: mostHours * 3_600 },
    ...{ lake, objects, location: lakeLocation(settings) },
    startBooster: () => Xgboost.start(),
    threads: worker.threads,
  });
}

type Learning = Pick<Room, 'trainer' | 'scorer' | 'watch' | 'deployment' | 'registry'>;

/** What learns, asks, watches, deploys and registers models of trees and, where they are learned, of a graph. */
export function withGraphs(trees: Learning, graph: NeptuneMl | undefined): Learning {
  return graph === undefined ? trees : byLearner({ trees, graph, models: graph.models });
}

export function neptuneConnection({ neptune: { url } }: AwsSettings, connection: AwsConnection): AwsConnection {
  return { ...connection, endpoints: { ...connection.endpoints, neptune: url } };
}
