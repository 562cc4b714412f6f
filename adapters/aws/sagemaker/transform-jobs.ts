import {
  CreateModelCommand,
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
  StopTransformJobCommand,
  type CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';
import { runNamedJob, type JobsOfKind, type JobState } from '../named-job';
import { unlessMissing, unlessThere } from './sagemaker-messages';

/** What batch transform jobs run on. */
export interface TransformSettings {
  /** The image of SageMaker's own XGBoost in the region, release 3.0-5. */
  readonly image: string;
  /** The role that containers run under. */
  readonly roleArn: string;
  readonly instanceType: string;
  readonly instances: number;
  /** Encrypts the instances' volumes, and what a job leaves in S3. */
  readonly kmsKeyId?: string | undefined;
}

/** What is asked, of which model, and where the files are. */
export interface TransformJob {
  /** Made of all that is asked: whoever asks for the same finds the job that there is. Letters, digits, hyphens; 55 at most. */
  readonly name: string;
  /** Of a model of SageMaker's, which is made where there is none. */
  readonly model: string;
  /** `model.tar.gz` in S3. */
  readonly archive: string;
  /** A CSV file without a header, in S3. */
  readonly input: string;
  /** A prefix in S3: beside the input's name with `.out` behind it, a line a row. */
  readonly output: string;
}

/** Batch transform jobs of SageMaker. */
export class SageMakerTransformJobs {
  private readonly client: SageMakerClient;

  constructor(
    connection: AwsConnection,
    private readonly settings: TransformSettings,
  ) {
    this.client = new SageMakerClient(clientConfig('sagemaker', connection));
  }

  /**
   * Runs a job as `runNamedJob` does.
   *
   * @throws HubError `SCORING_FAILED` with SageMaker's reason, retryable where it is SageMaker's own fault; `CANCELLED`; as
   * `awsError` tells
   */
  async run(job: TransformJob, signal?: AbortSignal): Promise<void> {
    await this.ensureModel(job, signal);
    const jobs: JobsOfKind<JobState> = {
      kind: 'transform job',
      failedCode: 'SCORING_FAILED',
      describe: (name, abort) => this.describe(name, abort),
      create: (name, abort) => this.create(name, job, abort),
      stop: (name) => this.stop(name),
    };
    await runNamedJob(jobs, job.name, signal);
  }

  close(): void {
    this.client.destroy();
  }

  private async ensureModel({ model, archive }: TransformJob, signal: AbortSignal | undefined): Promise<void> {
    const { image, roleArn } = this.settings;
    const command = new CreateModelCommand({
      ModelName: model,
      ExecutionRoleArn: roleArn,
      PrimaryContainer: { Image: image, ModelDataUrl: archive },
    });
    await callAws(`making the model ${model}`, signal, (abort) => this.client.send(command, abort).catch(unlessThere));
  }

  private async describe(name: string, signal: AbortSignal | undefined): Promise<JobState | undefined> {
    const command = new DescribeTransformJobCommand({ TransformJobName: name });
    const found = await callAws(`looking at the transform job ${name}`, signal, (abort) =>
      this.client.send(command, abort).catch(unlessMissing),
    );
    const log = 'CloudWatch, /aws/sagemaker/TransformJobs';
    return found && { status: found.TransformJobStatus, reason: found.FailureReason, log };
  }

  private async create(name: string, job: TransformJob, signal: AbortSignal | undefined): Promise<void> {
    const command = new CreateTransformJobCommand(requestOf(name, job, this.settings));
    await callAws(`beginning the transform job ${name}`, signal, (abort) =>
      this.client.send(command, abort).catch(unlessThere),
    );
  }

  private async stop(name: string): Promise<void> {
    await this.client.send(new StopTransformJobCommand({ TransformJobName: name })).catch(() => undefined);
  }
}

function requestOf(
  name: string,
  { model, input, output }: TransformJob,
  { instanceType, instances, kmsKeyId }: TransformSettings,
): CreateTransformJobCommandInput {
  return {
    TransformJobName: name,
    ModelName: model,
    // Many rows at a time, and no line is cut in two.
    BatchStrategy: 'MultiRecord',
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: input } },
      ContentType: 'text/csv',
      SplitType: 'Line',
    },
    TransformOutput: {
      S3OutputPath: output,
      Accept: 'text/csv',
      AssembleWith: 'Line',
      ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    },
    TransformResources: {
      InstanceType: instanceType as 'ml.m5.xlarge',
      InstanceCount: instances,
      ...(kmsKeyId === undefined ? {} : { VolumeKmsKeyId: kmsKeyId }),
    },
  };
}
