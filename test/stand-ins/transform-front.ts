import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../ports/object-store';
import { engineUsed } from '../support/used-engines';
import type { HttpFront } from './http-front';
import { JobsFront, type Job } from './jobs-front';
import { serveJson, type Body } from './json-protocol';
import { containerTransform } from './xgboost-container';

/**
 * SageMaker's batch transform jobs: each has the Python of the XGBoost container load the archive of its model, and answer a CSV
 * file line by line.
 */
export class TransformFront extends JobsFront {
  readonly models = new Map<string, Body>();

  /** @param store the bucket, whose root is `location` */
  private constructor(
    private readonly store: ObjectStore,
    private readonly location: string,
  ) {
    super();
  }

  static async start(store: ObjectStore, location: string): Promise<TransformFront & HttpFront> {
    engineUsed('front of SageMaker transform');
    const front = new TransformFront(store, location);
    const operations = {
      ...front.operationsOf(
        'TransformJob',
        (_, job) => front.transform(job),
        () => ({}),
      ),
      CreateModel: (body: Body) => {
        const name = String(body['ModelName']);
        if (front.models.has(name)) throw new Error(`Cannot create already existing model "${name}".`);
        front.models.set(name, body);
        return {};
      },
    };
    return Object.assign(front, await serveJson(operations, 'ValidationException'));
  }

  private async transform({ body }: Job): Promise<void> {
    const { S3Uri } = (body['TransformInput'] as { DataSource: { S3DataSource: { S3Uri: string } } }).DataSource
      .S3DataSource;
    const { S3OutputPath } = body['TransformOutput'] as { S3OutputPath: string };
    const { ModelDataUrl } = this.models.get(String(body['ModelName']))!['PrimaryContainer'] as {
      ModelDataUrl: string;
    };
    const folder = await mkdtemp(join(tmpdir(), 'hub-test-transform-'));
    try {
      const [archive, csv] = [join(folder, 'model.tar.gz'), join(folder, 'rows.csv')];
      await writeFile(archive, await this.store.read(this.keyOf(ModelDataUrl)));
      await writeFile(csv, await this.store.read(this.keyOf(S3Uri)));
      const answer = `${this.keyOf(S3OutputPath)}${S3Uri.split('/').at(-1)!}.out`;
      await this.store.put(answer, Buffer.from(await containerTransform(archive, csv)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private keyOf(uri: string): string {
    return uri.slice(this.location.length + 1);
  }
}
