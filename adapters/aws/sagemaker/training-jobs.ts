import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';
import { untilEnded } from '../until-ended';

/** What training jobs run on. */
export interface TrainingSettings {
  /** The image of SageMaker's own XGBoost in the region, release 3.0-5. */
  readonly image: string;
  /** The role that jobs run under: it reads and writes below the hub's models. */
  readonly roleArn: string;
  readonly instanceType: string;
  readonly volumeGb: number;
  /** A job that takes longer is stopped by SageMaker. */
  readonly mostSeconds: number;
  /** Encrypts the instance's volume, and what a job leaves in S3. */
  readonly kmsKeyId?: string | undefined;
}

/** What is learned, and where the files are. */
export interface TrainingJob {
  /** Made of all that is learned from: whoever asks for the same finds the job that there is. Letters, digits, hyphens; 55 at most. */
  readonly name: string;
  readonly hyperParameters: Readonly<Record<string, string>>;
  /** Of CSV files without a header, the label first: a prefix in S3. */
  readonly input: string;
  /** Where the model is left: a prefix in S3. */
  readonly output: string;
}

type JobState = DescribeTrainingJobCommandOutput;

/** Jobs of one name that are begun after others have failed. */
const MOST_JOBS = 20;
/** How reasons of failures begin that are SageMaker's own. */
const PASSING = /^(InternalServerError|CapacityError)/;

/** Training jobs of SageMaker. What is cut off may be asked for again: a job that goes on is waited for, one that ended is taken. */
export class SageMakerTrainingJobs {
  private readonly client: SageMakerClient;

  constructor(
    connection: AwsConnection,
    private readonly settings: TrainingSettings,
  ) {
    this.client = new SageMakerClient(clientConfig('sagemaker', connection));
  }

  /**
   * Runs a job, and waits for its end; a job is stopped when the signal fires.
   *
   * @returns where its `model.tar.gz` is
   * @throws HubError `TRAINING_FAILED` with SageMaker's reason, retryable where it is SageMaker's own fault; `CANCELLED`; as
   * `awsError` tells
   */
  async run(job: TrainingJob, signal?: AbortSignal): Promise<string> {
    for (let number = 1; number <= MOST_JOBS; number++) {
      const name = number === 1 ? job.name : `${job.name}-${number}`;
      const found = await this.describe(name, signal);
      // A worker that goes stops its job, which takes its time.
      const before = found?.TrainingJobStatus === 'Stopping' ? await this.ended(name, signal) : found;
      // One that ended badly before this was asked is no answer: somebody may have mended what was wrong.
      if (before !== undefined && ['Failed', 'Stopped'].includes(before.TrainingJobStatus!)) continue;
      if (before === undefined) await this.create(name, job, signal);
      return modelOf(name, await this.ended(name, signal));
    }
    throw new HubError(
      'TRAINING_FAILED',
      `${MOST_JOBS} training jobs ${job.name} have failed: look at the last of them`,
    );
  }

  close(): void {
    this.client.destroy();
  }

  private async describe(name: string, signal: AbortSignal | undefined): Promise<JobState | undefined> {
    return callAws(`looking at the training job ${name}`, signal, (abort) =>
      this.client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }), abort).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
    );
  }

  private async create(name: string, job: TrainingJob, signal: AbortSignal | undefined): Promise<void> {
    await callAws(`beginning the training job ${name}`, signal, (abort) =>
      this.client
        .send(new CreateTrainingJobCommand(requestOf(name, job, this.settings)), abort)
        .catch(async (error: unknown) => {
          // The answer to the first try was lost.
          if (isThere(error)) return;
          // Nobody knows whether it was begun.
          if (signal?.aborted) await this.stop(name);
          throw error;
        }),
    );
  }

  /** One that is over, or was never begun, is no error. */
  private async stop(name: string): Promise<void> {
    await this.client.send(new StopTrainingJobCommand({ TrainingJobName: name })).catch(() => undefined);
  }

  private ended(name: string, signal: AbortSignal | undefined): Promise<JobState> {
    return untilEnded<JobState>(
      {
        look: async () => (await this.describe(name, signal)) ?? Promise.reject(gone(name)),
        hasEnded: ({ TrainingJobStatus: status }) => !['InProgress', 'Stopping'].includes(status!),
        stop: () => this.stop(name),
      },
      signal,
    );
  }
}

function requestOf(name: string, job: TrainingJob, settings: TrainingSettings): CreateTrainingJobCommandInput {
  const { image, roleArn, instanceType, volumeGb, mostSeconds, kmsKeyId } = settings;
  const encryption = kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId };
  return {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    RoleArn: roleArn,
    HyperParameters: { ...job.hyperParameters },
    InputDataConfig: [
      {
        ChannelName: 'train',
        ContentType: 'text/csv',
        DataSource: {
          S3DataSource: { S3DataType: 'S3Prefix', S3Uri: job.input, S3DataDistributionType: 'FullyReplicated' },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: job.output, ...encryption },
    ResourceConfig: {
      InstanceType: instanceType as 'ml.m5.xlarge',
      InstanceCount: 1,
      VolumeSizeInGB: volumeGb,
      ...(kmsKeyId === undefined ? {} : { VolumeKmsKeyId: kmsKeyId }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: mostSeconds },
  };
}

function modelOf(
  name: string,
  { TrainingJobStatus: status, FailureReason, SecondaryStatus, ModelArtifacts }: JobState,
) {
  if (status === 'Completed') return ModelArtifacts!.S3ModelArtifacts!;
  const reason = FailureReason ?? `it ended as ${SecondaryStatus ?? status}`;
  throw new HubError(
    'TRAINING_FAILED',
    `the training job ${name} failed: ${reason}. Look at its log in CloudWatch, /aws/sagemaker/TrainingJobs`,
    { retryable: PASSING.test(reason) },
  );
}

function gone(name: string): HubError {
  return new HubError('TRAINING_FAILED', `the training job ${name} is not there any more`, { retryable: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /not found|not find/i.test(error.message);
}

function isThere(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ResourceInUse' || /already exist/i.test(error.message));
}
