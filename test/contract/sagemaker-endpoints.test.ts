import { DescribeEndpointConfigCommand, DescribeModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { clientConfig } from '../../adapters/aws/client-policy';
import { versionOf, type EndpointSettings } from '../../adapters/aws/sagemaker/endpoint-settings';
import { SageMakerEndpoints, type EndpointState } from '../../adapters/aws/sagemaker/endpoints';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, UNAVAILABLE, isOperation, type Fault } from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import type { HttpFront } from '../stand-ins/http-front';
import { SageMakerFront } from '../stand-ins/sagemaker-front';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';

let moto: MotoServer;
let front: SageMakerFront & HttpFront;
let proxy: FaultProxy;
let admin: SageMakerClient;
let endpoints: SageMakerEndpoints;
let name: string;
let number = 0;
beforeAll(async () => {
  moto = await startMoto();
  front = await SageMakerFront.start(moto.url);
  proxy = await FaultProxy.start(front.url);
  admin = new SageMakerClient(clientConfig('sagemaker', testConnection(front.url, ['sagemaker'])));
  endpoints = new SageMakerEndpoints(testConnection(proxy.url, ['sagemaker']));
}, ENGINE_START_MS);
afterAll(async () => {
  admin.destroy();
  await endpoints.close();
  await proxy.stop();
  await front.stop();
  await moto.stop();
});
beforeEach(() => {
  proxy.reset();
  front.failing.clear();
  name = `identity-${++number}`;
});

function settingsOf(image: string): EndpointSettings {
  return {
    name,
    image,
    modelDataUrl: 's3://models/model.tar.gz',
    roleArn: 'arn:aws:iam::123456789012:role/hub',
    environment: { HUB_LOG: 'info' },
    capacity: { instanceType: 'ml.m5.large', instances: 1 },
  };
}

const wait = { pollMs: 1 };

function refusal(message: string): Fault {
  const body = Buffer.from(JSON.stringify({ __type: 'ValidationException', message }));
  return { kind: 'answer', answer: () => ({ status: 400, headers: {}, body }) };
}

async function isThere(version: string): Promise<boolean[]> {
  const found = (sent: Promise<unknown>) =>
    sent.then(
      () => true,
      () => false,
    );
  return Promise.all([
    found(admin.send(new DescribeModelCommand({ ModelName: version }))),
    found(admin.send(new DescribeEndpointConfigCommand({ EndpointConfigName: version }))),
  ]);
}

describe('an endpoint of SageMaker', () => {
  it('serves what is deployed, and says how that goes', async () => {
    const seen: EndpointState[] = [];
    const settings = settingsOf('first');
    const { version, before } = await endpoints.deploy(settings, { ...wait, onProgress: (state) => seen.push(state) });
    expect([version, before]).toEqual([versionOf(settings), undefined]);
    expect(seen.map(({ status }) => status)).toEqual(['Creating', 'Creating', 'InService']);
    expect(await endpoints.describe(name)).toMatchObject({ status: 'InService', version });
    expect(await isThere(version)).toEqual([true, true]);
  });

  it('serves what is deployed however often it is asked for', async () => {
    const { version } = await endpoints.deploy(settingsOf('first'), wait);
    proxy.reset();
    expect(await endpoints.deploy(settingsOf('first'), wait)).toEqual({ version, before: undefined });
    expect(proxy.seen).toHaveLength(1);
  });

  it('goes over to another version, and back', async () => {
    const first = await endpoints.deploy(settingsOf('first'), wait);
    const second = await endpoints.deploy(settingsOf('second'), wait);
    expect(second.before).toBe(first.version);
    await endpoints.rollBack(name, first.version, wait);
    expect(await endpoints.describe(name)).toMatchObject({ status: 'InService', version: first.version });
    await endpoints.removeVersion(second.version);
    await endpoints.removeVersion(second.version);
    expect(await isThere(second.version)).toEqual([false, false]);
  });

  it('goes on to serve what it served when another version fails, of which nothing is left', async () => {
    const { version } = await endpoints.deploy(settingsOf('first'), wait);
    front.failing.add('broken');
    const broken = settingsOf('broken');
    await expect(endpoints.deploy(broken, wait)).rejects.toMatchObject({
      code: 'MODEL_DEPLOYMENT_FAILED',
      retryable: false,
      message: expect.stringMatching(new RegExp(`did not pass the ping health check.*serves ${version}`)),
    });
    expect(await endpoints.describe(name)).toMatchObject({ status: 'InService', version });
    expect(await isThere(versionOf(broken))).toEqual([false, false]);
    expect(await isThere(version)).toEqual([true, true]);
  });

  it('is not left there when its first version fails', async () => {
    front.failing.add('broken');
    const broken = settingsOf('broken');
    await expect(endpoints.deploy(broken, wait)).rejects.toMatchObject({ code: 'MODEL_DEPLOYMENT_FAILED' });
    expect(await endpoints.describe(name)).toBeUndefined();
    expect(await isThere(versionOf(broken))).toEqual([false, false]);
    front.failing.clear();
    expect(await endpoints.deploy(broken, wait)).toMatchObject({ version: versionOf(broken) });
  });

  it('is taken up where it was when whoever deployed was cut off', async () => {
    const settings = settingsOf('first');
    const abort = new AbortController();
    const cutOff = endpoints.deploy(settings, { ...wait, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(cutOff).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await endpoints.describe(name)).toMatchObject({ status: 'Creating' });
    expect(await endpoints.deploy(settings, wait)).toMatchObject({ version: versionOf(settings) });
  });

  it('may be asked for again when another deployment is under way, of which nothing is taken away', async () => {
    const { version } = await endpoints.deploy(settingsOf('first'), wait);
    const conflict = { code: 'MODEL_DEPLOYMENT_CONFLICT', retryable: true };
    proxy.order(1, refusal('Cannot update in-progress endpoint.'), isOperation('UpdateEndpoint'));
    await expect(endpoints.deploy(settingsOf('second'), wait)).rejects.toMatchObject(conflict);
    // Another created it just before, and it serves theirs.
    proxy.order(1, refusal(`Could not find endpoint "${name}".`), isOperation('DescribeEndpoint'));
    await expect(endpoints.deploy(settingsOf('third'), wait)).rejects.toMatchObject(conflict);
    expect(await endpoints.describe(name)).toMatchObject({ status: 'InService', version });
    expect(await isThere(versionOf(settingsOf('third')))).toEqual([false, false]);
    expect(await endpoints.deploy(settingsOf('third'), wait)).toMatchObject({ before: version });
  });

  it('is deployed in spite of a service that throttles, is not well, or loses its answers', async () => {
    for (const operation of ['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint', 'DescribeEndpoint'])
      for (const fault of [THROTTLED, UNAVAILABLE, { kind: 'cut', at: 'answer' } as const])
        proxy.order(1, fault, isOperation(operation));
    const { version } = await endpoints.deploy(settingsOf('first'), wait);
    expect(await endpoints.describe(name)).toMatchObject({ status: 'InService', version });
  });

  it('says so when credentials expired', async () => {
    proxy.order(1, { ...EXPIRED_TOKEN, code: 'ExpiredTokenException' });
    await expect(endpoints.deploy(settingsOf('first'), wait)).rejects.toMatchObject({
      code: 'AWS_CREDENTIALS_EXPIRED',
    });
  });
});

describe('the version of a model', () => {
  it('is another when anything is another, and the same in whatever order it is told', () => {
    const settings = settingsOf('first');
    const reordered = Object.fromEntries(Object.entries(settings).reverse()) as unknown as EndpointSettings;
    expect(versionOf(reordered)).toBe(versionOf(settings));
    expect(versionOf({ ...settings, environment: { HUB_LOG: 'debug' } })).not.toBe(versionOf(settings));
  });

  it.each(['', '-a', 'a_b', 'a b', 'x'.repeat(51)])('is refused for the name %j', (wrong) => {
    expect(() => versionOf({ ...settingsOf('first'), name: wrong })).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_NAME_INVALID' }),
    );
  });
});
