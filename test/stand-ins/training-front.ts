import { writeFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../ports/object-store';
import { messageOf } from '../../core/errors';
import { engineUsed } from '../support/used-engines';
import type { HttpFront } from './http-front';
import { serveJson, type Body, type Operations } from './json-protocol';
import { containerTraining } from './xgboost-container';

interface Job {
  readonly body: Body;
  status: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  /** How often it is still told to be stopping. */
  looks: number;
  reason?: string;
  readonly done: Promise<void>;
}

const LOOKS = 2;
/** Of the names that the container takes, those that the hub may send. */
const TAKEN = [
  ...['num_round', 'objective', 'num_class', 'eval_metric', 'eta', 'max_depth', 'min_child_weight', 'subsample'],
  ...['colsample_bytree', 'tree_method', 'seed', 'lambda', 'alpha', 'gamma', 'max_bin', 'base_score'],
];

/**
 * SageMaker's training jobs: each learns from its CSV file with the Python of the XGBoost container, and leaves the archive
 * where SageMaker does. There is one job of a name.
 */
export class TrainingFront {
  /** Why the next jobs fail, where they are to. */
  failure: string | undefined;
  /** Whether jobs go on until somebody stops them. */
  isEndless = false;
  readonly jobs = new Map<string, Job>();

  /** @param store the bucket, whose root is `location` */
  private constructor(
    private readonly store: ObjectStore,
    private readonly location: string,
  ) {}

  static async start(store: ObjectStore, location: string): Promise<TrainingFront & HttpFront> {
    engineUsed('front of SageMaker training');
    const front = new TrainingFront(store, location);
    return Object.assign(front, await serveJson(front.operations, 'ValidationException'));
  }

  /** Until every job has ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.jobs.values()].map(({ done }) => done));
  }

  private readonly operations: Operations = {
    CreateTrainingJob: (body) => {
      const name = String(body['TrainingJobName']);
      if (this.jobs.has(name)) throw new Error(`Job name must be unique: ${name} already exists`);
      const job: { -readonly [Key in keyof Job]: Job[Key] } = {
        body,
        status: 'InProgress',
        looks: LOOKS,
        done: Promise.resolve(),
      };
      job.done = this.train(name, job).catch((error: unknown) => {
        Object.assign(job, { status: 'Failed', reason: `AlgorithmError: ${messageOf(error)}` });
      });
      this.jobs.set(name, job);
      return { TrainingJobArn: `arn:aws:sagemaker:eu-central-1:1:training-job/${name}` };
    },
    DescribeTrainingJob: (body) => {
      const name = String(body['TrainingJobName']);
      const job = this.jobs.get(name);
      if (job === undefined) throw new Error('Requested resource not found.');
      const { status, reason } = job;
      if (status === 'Stopping' && --job.looks === 0) job.status = 'Stopped';
      const model = `${outputOf(job)}${name}/output/model.tar.gz`;
      return {
        TrainingJobName: name,
        TrainingJobStatus: status,
        SecondaryStatus: status === 'InProgress' ? 'Training' : status,
        ...(reason !== undefined && { FailureReason: reason }),
        ...(status === 'Completed' && { ModelArtifacts: { S3ModelArtifacts: model } }),
      };
    },
    StopTrainingJob: (body) => {
      const job = this.jobs.get(String(body['TrainingJobName']));
      if (job?.status === 'InProgress') job.status = 'Stopping';
      return {};
    },
  };

  private async train(name: string, job: Job): Promise<void> {
    if (this.failure !== undefined) throw new Error(this.failure);
    if (this.isEndless) return;
    const extraneous = Object.keys(job.body['HyperParameters'] as object).filter((name) => !TAKEN.includes(name));
    if (extraneous.length > 0) throw new Error(`Extraneous hyperparameter found: ${extraneous.join(', ')}`);
    const [channel] = job.body['InputDataConfig'] as { DataSource: { S3DataSource: { S3Uri: string } } }[];
    const prefix = channel!.DataSource.S3DataSource.S3Uri.slice(this.location.length + 1);
    const folder = await mkdtemp(join(tmpdir(), 'hub-test-training-'));
    try {
      for await (const { key } of this.store.list(prefix)) {
        await writeFile(join(folder, 'rows.csv'), await this.store.read(key), { flag: 'a' });
      }
      const archive = join(folder, 'model.tar.gz');
      const hyperParameters = job.body['HyperParameters'] as Readonly<Record<string, string>>;
      await containerTraining(join(folder, 'rows.csv'), hyperParameters, archive);
      const key = `${outputOf(job).slice(this.location.length + 1)}${name}/output/model.tar.gz`;
      await this.store.put(key, await readFile(archive));
      if (job.status === 'InProgress') job.status = 'Completed';
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function outputOf({ body }: Job): string {
  return (body['OutputDataConfig'] as { S3OutputPath: string }).S3OutputPath;
}
