import type { AwsConnection } from '../adapters/aws/client-policy';
import { BatchPredictor } from '../adapters/aws/sagemaker/batch-predictor';
import { EndpointPropensityDesk } from '../adapters/aws/sagemaker/endpoint-propensity-desk';
import { endpointOf, SageMakerModelEndpoints } from '../adapters/aws/sagemaker/model-endpoints';
import { SageMakerModelPackages } from '../adapters/aws/sagemaker/model-packages';
import { SageMakerBooster } from '../adapters/aws/sagemaker/sagemaker-booster';
import { SageMakerEndpoint } from '../adapters/aws/sagemaker/sagemaker-endpoint';
import { SageMakerTransformJobs } from '../adapters/aws/sagemaker/transform-jobs';
import { SageMakerTrainingJobs } from '../adapters/aws/sagemaker/training-jobs';
import type { OpenDesk } from '../adapters/local/propensity/lake-scorer';
import { LocalPropensityDesk } from '../adapters/local/propensity/local-propensity-desk';
import { Xgboost } from '../adapters/local/propensity/xgboost';
import type { ModelDeployment } from '../ports/model-deployment';
import type { ModelRegistry } from '../ports/model-registry';
import type { ObjectStore } from '../ports/object-store';
import type { TreeBooster } from '../ports/tree-booster';
import type { AwsSettings } from '../schemas/engines';
import { lakeLocation } from './lake-location';

export interface SageMakerParts {
  readonly connection: AwsConnection;
  /** Of the lake. */
  readonly objects: ObjectStore;
}

/** Training jobs of SageMaker, where the settings name what they run on. */
export function trainingJobsOf(
  settings: AwsSettings,
  { connection, objects }: SageMakerParts,
): (() => Promise<TreeBooster>) | undefined {
  const { training } = settings;
  if (training === undefined) return undefined;
  const { role: roleArn, mostMinutes, name, ...rest } = training;
  const basis = JSON.stringify(training);
  return async () => {
    const local = await Xgboost.start();
    const jobs = new SageMakerTrainingJobs(connection, { ...rest, roleArn, mostSeconds: mostMinutes * 60 });
    return new SageMakerBooster({ local, jobs, objects, location: lakeLocation(settings), name, basis });
  };
}

/** Where models are learned, they are registered. */
export function openModelPackages(settings: AwsSettings, connection: AwsConnection): ModelRegistry | undefined {
  if (settings.training === undefined) return undefined;
  const { name, image } = settings.training;
  return new SageMakerModelPackages(connection, { name, image, location: lakeLocation(settings) });
}

/** Batch transform jobs of SageMaker, where the settings name what they run on. */
export function openBatchPredictor(
  settings: AwsSettings,
  { connection, objects }: SageMakerParts,
): BatchPredictor | undefined {
  const { scoring } = settings;
  if (scoring === undefined) return undefined;
  const { role: roleArn, name, ...rest } = scoring;
  return new BatchPredictor({
    jobs: new SageMakerTransformJobs(connection, { ...rest, roleArn }),
    objects,
    location: lakeLocation(settings),
    name,
    basis: JSON.stringify(scoring),
  });
}

interface ModelEndpoints {
  readonly deployment: ModelDeployment;
  readonly openDesk: OpenDesk;
  close(): Promise<void>;
}

/** Endpoints of SageMaker, where the settings name what they run on. */
export function openModelEndpoints(
  settings: AwsSettings,
  { connection, objects }: SageMakerParts,
): ModelEndpoints | undefined {
  const { serving } = settings;
  if (serving === undefined) return undefined;
  const { role: roleArn, ...rest } = serving;
  const deployment = new SageMakerModelEndpoints(
    connection,
    { ...rest, roleArn },
    { objects, location: lakeLocation(settings) },
  );
  const endpoints = new Map<string, SageMakerEndpoint>();
  const endpointFor = (model: string) => {
    const found = endpoints.get(model) ?? new SageMakerEndpoint(connection, endpointOf(serving.name, model));
    endpoints.set(model, found);
    return found;
  };
  return {
    deployment,
    openDesk: async ({ spec, version }, kept) =>
      new EndpointPropensityDesk(endpointFor(spec.name), version, () => LocalPropensityDesk.of(kept)),
    close: async () => {
      for (const endpoint of endpoints.values()) endpoint.close();
      await deployment.close();
    },
  };
}
