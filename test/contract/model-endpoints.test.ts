import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeEndpointConfigCommand, DescribeModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { extract } from 'tar';
import { clientConfig } from '../../adapters/aws/client-policy';
import { byLearner, type Learners } from '../../adapters/aws/neptune-ml/by-learner';
import { KeptGraphModels } from '../../adapters/aws/neptune-ml/kept-graph-models';
import { EndpointPropensityDesk } from '../../adapters/aws/sagemaker/endpoint-propensity-desk';
import { SageMakerEndpoints } from '../../adapters/aws/sagemaker/endpoints';
import { SageMakerModelEndpoints } from '../../adapters/aws/sagemaker/model-endpoints';
import { SageMakerEndpoint } from '../../adapters/aws/sagemaker/sagemaker-endpoint';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { writeModel } from '../../adapters/local/propensity/artefact';
import { LocalPropensityDesk } from '../../adapters/local/propensity/local-propensity-desk';
import { train } from '../../adapters/local/propensity/train';
import { randomNumbers } from '../../core/statistics/random-numbers';
import type { ObjectStore } from '../../ports/object-store';
import type { PropensityDesk } from '../../ports/propensity-desk';
import { createModelApp, ofPropensities } from '../../starters/http/model-app';
import type { HttpFront } from '../stand-ins/http-front';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { SageMakerFront } from '../stand-ins/sagemaker-front';
import { startSageMakerRuntime } from '../stand-ins/sagemaker-runtime-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';

const LOCATION = 's3://bucket/lake';
const SETTINGS = {
  name: 'hub',
  image: '123.dkr.ecr.eu-central-1.amazonaws.com/journey-hub/model-server:1.0.0',
  roleArn: 'arn:aws:iam::123456789012:role/serving',
  capacity: { serverlessMemoryMb: 2_048, mostAtOnce: 5 },
};
const random = randomNumbers(5);
const ROWS = 200;
const calls = Float32Array.from({ length: ROWS }, () => Math.floor(random() * 6));
const table = {
  rows: ROWS,
  features: [{ name: 'calls', kind: 'number' as const, values: calls }],
  labels: calls.map((value) => (value + 3 * random() > 4 ? 1 : 0)),
  groups: Int32Array.from(calls, (_, row) => row),
};
const question = { features: { calls: 4 }, reasons: 1 };

const elsewhere: PropensityDesk = { answer: async () => ({ target: 'elsewhere' }), close: async () => undefined };

let folder: string;
let moto: MotoServer;
let control: SageMakerFront & HttpFront;
let objects: ObjectStore;
let deployment: SageMakerModelEndpoints;
let endpoints: SageMakerEndpoints;
let admin: SageMakerClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-model-endpoints-'));
  moto = await startMoto();
  control = await SageMakerFront.start(moto.url);
  objects = await openFolderObjectStore(join(folder, 'objects'));
  const connection = testConnection(control.url, ['sagemaker']);
  deployment = new SageMakerModelEndpoints(connection, SETTINGS, { objects, location: LOCATION }, { pollMs: 1 });
  endpoints = new SageMakerEndpoints(connection);
  admin = new SageMakerClient(clientConfig('sagemaker', connection));
  await writeModel(join(folder, 'model'), await train(table, { target: 'churn', evaluation: { repeats: 0 } }), {
    target: 'churn',
    table,
  });
  for (const version of ['v1', 'v2']) {
    for (const file of ['model.tar.gz', 'manifest.json']) {
      await objects.upload(join(folder, 'model', file), `models/churn/${version}/${file}`);
    }
  }
}, ENGINE_START_MS);
beforeEach(() => control.failing.clear());
afterAll(async () => {
  admin?.destroy();
  await endpoints?.close();
  await deployment?.close();
  await control?.stop();
  await moto?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What SageMaker starts the container with that the endpoint of churn serves. */
async function served() {
  const { version } = (await endpoints.describe('hub-churn'))!;
  const config = await admin.send(new DescribeEndpointConfigCommand({ EndpointConfigName: version }));
  const { ModelName, ServerlessConfig } = config.ProductionVariants![0]!;
  const { PrimaryContainer } = await admin.send(new DescribeModelCommand({ ModelName }));
  return { ...PrimaryContainer!, ServerlessConfig };
}

/** Asks by an endpoint whose container was started as SageMaker does: the archive's files in a folder, and its environment. */
async function asking<T>(ask: (desk: (version: string) => EndpointPropensityDesk, local: LocalPropensityDesk) => T) {
  const { ModelDataUrl, Environment } = await served();
  const archive = join(folder, 'served.tar.gz');
  await writeFile(archive, await objects.read(ModelDataUrl!.slice(`${LOCATION}/`.length)));
  const unpacked = await mkdtemp(join(folder, 'opt-ml-model-'));
  await extract({ file: archive, cwd: unpacked, strict: true });
  const local = await LocalPropensityDesk.open(unpacked);
  const version = Environment!['HUB_MODEL_VERSION'];
  const app = createModelApp({ model: () => ofPropensities(local), version, logLevel: 'silent' });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const runtime = await startSageMakerRuntime({ 'hub-churn': address });
  const endpoint = new SageMakerEndpoint(testConnection(runtime.url, ['sagemaker-runtime']), 'hub-churn');
  try {
    return await ask((wanted) => new EndpointPropensityDesk(endpoint, wanted, async () => elsewhere), local);
  } finally {
    endpoint.close();
    await runtime.stop();
    await app.close();
    await local.close();
  }
}

describe('a model behind an endpoint of SageMaker', () => {
  it('answers as it does without one, once it is deployed', async () => {
    const states: string[] = [];
    await deployment.deploy({ model: 'churn', version: 'v1' }, { onProgress: (state) => states.push(state) });
    expect(states).toEqual(['Creating', 'Creating', 'InService']);
    expect(await served()).toMatchObject({
      Image: SETTINGS.image,
      ServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency: 5 },
    });
    await asking(async (desk, local) => {
      const answer = await desk('v1').answer(question);
      expect(answer).toEqual(await local.answer(question));
      expect(answer).toMatchObject({ target: 'churn', reasons: [{ feature: 'calls', value: 4 }] });
    });
  });

  it('is not taken for another version, which is asked elsewhere, also by features that this one does not know', async () => {
    await deployment.deploy({ model: 'churn', version: 'v1' });
    await asking(async (desk) => {
      expect(await desk('v2').answer(question)).toEqual({ target: 'elsewhere' });
      expect(await desk('v2').answer({ features: { tenure: 4 }, reasons: 0 })).toEqual({ target: 'elsewhere' });
    });
    await deployment.deploy({ model: 'churn', version: 'v2' });
    await asking(async (desk) => expect(await desk('v2').answer(question)).toMatchObject({ target: 'churn' }));
  });

  it('goes back to a version whose model was removed when another took its place', async () => {
    for (const version of ['v1', 'v2', 'v1']) {
      await deployment.deploy({ model: 'churn', version });
      expect(await served()).toMatchObject({ Environment: { HUB_MODEL_VERSION: version } });
    }
  });

  it('goes on as it was where another cannot be deployed', async () => {
    await deployment.deploy({ model: 'churn', version: 'v1' });
    control.failing.add(SETTINGS.image);
    await expect(deployment.deploy({ model: 'churn', version: 'v2' })).rejects.toMatchObject({
      code: 'MODEL_DEPLOYMENT_FAILED',
      message: expect.stringContaining('did not pass the ping health check'),
    });
    expect(await served()).toMatchObject({ Environment: { HUB_MODEL_VERSION: 'v1' } });
    await expect(deployment.deploy({ model: 'churn', version: 'v3' })).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('stays as it is where a version is deployed that Neptune ML has learned, of which there is no archive', async () => {
    await deployment.deploy({ model: 'churn', version: 'v1' });
    const models = new KeptGraphModels(objects);
    const version = await models.save('churn', '2026-05-16', {
      ...{ kind: 'binary', plan: { features: [], categories: {} }, learnedAt: 0, rows: 1 },
      ...{ processing: 'job-of-rows', training: 'job-of-model' },
      shape: { columns: [], target: 'churn', task: 'classification', ties: [] },
    });
    const learners = { trees: { deployment }, graph: {}, models } as unknown as Learners;
    await byLearner(learners).deployment!.deploy({ model: 'churn', version });
    expect(await served()).toMatchObject({ Environment: { HUB_MODEL_VERSION: 'v1' } });
  });
});
