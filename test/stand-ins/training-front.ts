import { writeFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../ports/object-store';
import { engineUsed } from '../support/used-engines';
import type { HttpFront } from './http-front';
import { JobsFront, type Job } from './jobs-front';
import { serveJson, type Body } from './json-protocol';
import { containerTraining } from './xgboost-container';

/** Of the names that the container takes, those that the hub may send. */
const TAKEN = [
  ...['num_round', 'objective', 'num_class', 'eval_metric', 'eta', 'max_depth', 'min_child_weight', 'subsample'],
  ...['colsample_bytree', 'tree_method', 'seed', 'lambda', 'alpha', 'gamma', 'max_bin', 'base_score'],
];

/**
 * SageMaker's training jobs: each learns from its CSV file with the Python of the XGBoost container, and leaves the archive
 * where SageMaker does.
 */
export class TrainingFront extends JobsFront {
  /** @param store the bucket, whose root is `location` */
  private constructor(
    private readonly store: ObjectStore,
    private readonly location: string,
  ) {
    super();
  }

  static async start(store: ObjectStore, location: string): Promise<TrainingFront & HttpFront> {
    engineUsed('front of SageMaker training');
    const front = new TrainingFront(store, location);
    const operations = front.operationsOf(
      'TrainingJob',
      (name, job) => front.train(name, job),
      (name, { body, status }) => ({
        SecondaryStatus: status === 'InProgress' ? 'Training' : status,
        ...(status === 'Completed' && {
          ModelArtifacts: { S3ModelArtifacts: `${outputOf(body)}${name}/output/model.tar.gz` },
        }),
      }),
    );
    return Object.assign(front, await serveJson(operations, 'ValidationException'));
  }

  private async train(name: string, { body }: Job): Promise<void> {
    const extraneous = Object.keys(body['HyperParameters'] as object).filter((each) => !TAKEN.includes(each));
    if (extraneous.length > 0) throw new Error(`Extraneous hyperparameter found: ${extraneous.join(', ')}`);
    const [channel] = body['InputDataConfig'] as { DataSource: { S3DataSource: { S3Uri: string } } }[];
    const prefix = channel!.DataSource.S3DataSource.S3Uri.slice(this.location.length + 1);
    const folder = await mkdtemp(join(tmpdir(), 'hub-test-training-'));
    try {
      for await (const { key } of this.store.list(prefix)) {
        await writeFile(join(folder, 'rows.csv'), await this.store.read(key), { flag: 'a' });
      }
      const archive = join(folder, 'model.tar.gz');
      const hyperParameters = body['HyperParameters'] as Readonly<Record<string, string>>;
      await containerTraining(join(folder, 'rows.csv'), hyperParameters, archive);
      const key = `${outputOf(body).slice(this.location.length + 1)}${name}/output/model.tar.gz`;
      await this.store.put(key, await readFile(archive));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function outputOf(body: Body): string {
  return (body['OutputDataConfig'] as { S3OutputPath: string }).S3OutputPath;
}
