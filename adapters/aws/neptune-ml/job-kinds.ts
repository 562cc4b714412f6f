import {
  CancelMLDataProcessingJobCommand,
  CancelMLModelTrainingJobCommand,
  CancelMLModelTransformJobCommand,
  GetMLDataProcessingJobCommand,
  GetMLModelTrainingJobCommand,
  GetMLModelTransformJobCommand,
  StartMLDataProcessingJobCommand,
  StartMLModelTrainingJobCommand,
  StartMLModelTransformJobCommand,
  type MlResourceDefinition,
  type NeptunedataClient,
} from '@aws-sdk/client-neptunedata';
import type { Abort } from '../aws-errors';
import { workRequest, type NeptuneMlSettings } from './ml-settings';

/** What becomes of a graph that was exported. All places are prefixes in S3, with a slash behind them. */
export interface ProcessingRequest {
  readonly input: string;
  readonly output: string;
  /** The processing that the model was learned from, whose features are made the same way; left out where one is to be learned. */
  readonly previous?: string;
}

export interface TrainingJobRequest {
  readonly processing: string;
  readonly output: string;
}

export interface TransformRequest extends TrainingJobRequest {
  readonly training: string;
}

/** How far a job is, and what SageMaker does for it. */
export interface MlJob {
  readonly status: string | undefined;
  readonly steps: readonly (MlResourceDefinition | undefined)[];
}

interface JobName {
  readonly id: string;
  readonly neptuneIamRoleArn: string;
}

/** One kind of Neptune ML's jobs, by its three requests. */
export interface JobKind<Request> {
  /** For people. */
  readonly noun: string;
  start(
    client: NeptunedataClient,
    id: string,
    request: Request,
    settings: NeptuneMlSettings,
    abort: Abort,
  ): Promise<unknown>;
  look(client: NeptunedataClient, name: JobName, abort: Abort): Promise<MlJob>;
  cancel(client: NeptunedataClient, name: JobName): Promise<unknown>;
}

export const processing: JobKind<ProcessingRequest> = {
  noun: 'data processing',
  start: (client, id, { input, output, previous }, settings, abort) => {
    const { processingInstanceType, mostSeconds } = settings;
    const command = new StartMLDataProcessingJobCommand({
      ...workRequest(settings),
      id,
      inputDataS3Location: input,
      processedDataS3Location: output,
      ...(previous === undefined ? { modelType: 'heterogeneous' } : { previousDataProcessingJobId: previous }),
      ...(processingInstanceType === undefined ? {} : { processingInstanceType }),
      processingTimeOutInSeconds: mostSeconds,
    });
    return client.send(command, abort);
  },
  look: async (client, name, abort) => {
    const { status, processingJob } = await client.send(new GetMLDataProcessingJobCommand(name), abort);
    return { status, steps: [processingJob] };
  },
  cancel: (client, name) => client.send(new CancelMLDataProcessingJobCommand(name)),
};

export const training: JobKind<TrainingJobRequest> = {
  noun: 'model training',
  start: (client, id, { processing: dataProcessingJobId, output }, settings, abort) => {
    const { trainingInstanceType, trainings, parallelTrainings, mostSeconds } = settings;
    const command = new StartMLModelTrainingJobCommand({
      ...workRequest(settings),
      id,
      dataProcessingJobId,
      trainModelS3Location: output,
      maxHPONumberOfTrainingJobs: trainings,
      maxHPOParallelTrainingJobs: parallelTrainings,
      ...(trainingInstanceType === undefined ? {} : { trainingInstanceType }),
      trainingTimeOutInSeconds: mostSeconds,
    });
    return client.send(command, abort);
  },
  look: async (client, name, abort) => {
    const job = await client.send(new GetMLModelTrainingJobCommand(name), abort);
    return { status: job.status, steps: [job.processingJob, job.hpoJob, job.modelTransformJob] };
  },
  cancel: (client, name) => client.send(new CancelMLModelTrainingJobCommand(name)),
};

export const transform: JobKind<TransformRequest> = {
  noun: 'model transform',
  start: (client, id, request, settings, abort) => {
    const command = new StartMLModelTransformJobCommand({
      ...workRequest(settings),
      id,
      dataProcessingJobId: request.processing,
      mlModelTrainingJobId: request.training,
      modelTransformOutputS3Location: request.output,
    });
    return client.send(command, abort);
  },
  look: async (client, name, abort) => {
    const job = await client.send(new GetMLModelTransformJobCommand(name), abort);
    return { status: job.status, steps: [job.baseProcessingJob, job.remoteModelTransformJob] };
  },
  cancel: (client, name) => client.send(new CancelMLModelTransformJobCommand(name)),
};
