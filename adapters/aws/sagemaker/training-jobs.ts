import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';
import { runNamedJob, type JobsOfKind, type JobState } from '../named-job';
import { unlessMissing, unlessThere } from './sagemaker-messages';

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

interface TrainingState extends JobState {
  readonly model: string | undefined;
}

/** Training jobs of SageMaker. */
export class SageMakerTrainingJobs {
  private readonly client: SageMakerClient;

  constructor(
    connection: AwsConnection,
    private readonly settings: TrainingSettings,
  ) {
    this.client = new SageMakerClient(clientConfig('sagemaker', connection));
  }

  /**
   * Runs a job as `runNamedJob` does.
   *
   * @returns where its `model.tar.gz` is
   * @throws HubError `TRAINING_FAILED` with SageMaker's reason, retryable where it is SageMaker's own fault; `CANCELLED`; as
   * `awsError` tells
   */
  async run(job: TrainingJob, signal?: AbortSignal): Promise<string> {
    const jobs: JobsOfKind<TrainingState> = {
      kind: 'training job',
      failedCode: 'TRAINING_FAILED',
      describe: (name, abort) => this.describe(name, abort),
      create: (name, abort) => this.create(name, job, abort),
      stop: (name) => this.stop(name),
    };
    const { state } = await runNamedJob(jobs, job.name, signal);
    return state.model!;
  }

  close(): void {
    this.client.destroy();
  }

  private async describe(name: string, signal: AbortSignal | undefined): Promise<TrainingState | undefined> {
    const command = new DescribeTrainingJobCommand({ TrainingJobName: name });
    const found = await callAws(`looking at the training job ${name}`, signal, (abort) =>
      this.client.send(command, abort).catch(unlessMissing),
    );
    if (found === undefined) return undefined;
    const { TrainingJobStatus: status, FailureReason, SecondaryStatus, ModelArtifacts } = found;
    const reason = FailureReason ?? (SecondaryStatus && `it ended as ${SecondaryStatus}`);
    const log = 'CloudWatch, /aws/sagemaker/TrainingJobs';
    return { status, reason, log, model: ModelArtifacts?.S3ModelArtifacts };
  }

  private async create(name: string, job: TrainingJob, signal: AbortSignal | undefined): Promise<void> {
    const command = new CreateTrainingJobCommand(requestOf(name, job, this.settings));
    await callAws(`beginning the training job ${name}`, signal, (abort) =>
      this.client.send(command, abort).catch(unlessThere),
    );
  }

  private async stop(name: string): Promise<void> {
    await this.client.send(new StopTrainingJobCommand({ TrainingJobName: name })).catch(() => undefined);
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
