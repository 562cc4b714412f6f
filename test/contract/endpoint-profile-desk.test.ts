import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { EndpointProfileDesk } from '../../adapters/aws/sagemaker/endpoint-profile-desk';
import { LocalProfileDesk } from '../../adapters/local/identity/local-profile-desk';
import { createModelApp, ofProfiles } from '../../starters/http/model-app';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, UNAVAILABLE, type Fault } from '../stand-ins/fault-proxy';
import type { HttpFront } from '../stand-ins/http-front';
import { startSageMakerRuntime } from '../stand-ins/sagemaker-runtime-front';
import { testConnection } from '../support/aws';
import { trainPeople } from '../support/people-model';
import { dirtyPeople, peopleFields } from '../unit/identity/dirty-people';

const rows = dirtyPeople(60, 17);
const columns = peopleFields.map(({ column }) => column);
const profileOf = (row: readonly (string | null)[]) =>
  Object.fromEntries(columns.map((column, at) => [column, row[at]!]));
const method = 'probabilistic' as const;

let folder: string;
let app: FastifyInstance;
let other: Server;
let model: LocalProfileDesk;
let front: HttpFront;
let proxy: FaultProxy;
let isLoaded = true;
const opened: EndpointProfileDesk[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-endpoint-'));
  model = await LocalProfileDesk.open(await trainPeople(folder, rows));
  app = createModelApp({ model: () => (isLoaded ? ofProfiles(model) : undefined), logLevel: 'silent' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  other = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"score": 0.5}');
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  front = await startSageMakerRuntime({
    identity: addressOf(app.server),
    scores: addressOf(other),
    gone: 'http://127.0.0.1:1',
  });
  proxy = await FaultProxy.start(front.url);
});
afterAll(async () => {
  for (const desk of opened) await desk.close();
  await proxy.stop();
  await front.stop();
  await app.close();
  other.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  isLoaded = true;
  proxy.reset();
});

function deskOf(endpoint = 'identity', more = {}): EndpointProfileDesk {
  const desk = new EndpointProfileDesk(testConnection(proxy.url, ['sagemaker-runtime'], more), endpoint);
  opened.push(desk);
  return desk;
}

describe('the model behind a SageMaker endpoint', () => {
  it('answers as it does without one', async () => {
    const desk = deskOf();
    for (const row of rows.slice(0, 20)) {
      const question = { profile: profileOf(row), method };
      expect(await desk.resolve(question)).toEqual(JSON.parse(JSON.stringify(await model.resolve(question))));
    }
    const unusual = { given: 'Zoë "\u{1f600}"\n', family: "O'Hara'); --" };
    expect(await desk.resolve({ profile: unusual, method })).toMatchObject({ customerId: null });
    const rule = { profile: { given: 'ann' }, method: 'deterministic' as const };
    expect(await desk.resolve(rule)).toEqual(JSON.parse(JSON.stringify(await model.resolve(rule))));
  });

  it.each<[string, Fault]>([
    ['throttles', THROTTLED],
    ['is not ready', { kind: 'error', status: 429, code: 'ModelNotReadyException' }],
    ['is not well', UNAVAILABLE],
    ['loses its answer', { kind: 'cut', at: 'answer' }],
    ['breaks off', { kind: 'cut', at: 'half-way' }],
  ])('is asked again when it %s', async (_, fault) => {
    proxy.order(2, fault);
    expect(await deskOf().resolve({ profile: profileOf(rows[0]!), method })).toMatchObject({ method });
    expect(proxy.seen).toHaveLength(3);
  });

  it('tells what the model server says of a question, with its code and field', async () => {
    await expect(deskOf().resolve({ profile: { gvien: 'ann' }, method })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
      retryable: false,
      field: 'profile.gvien',
      message: expect.stringContaining('did you mean "given"?'),
    });
    expect(proxy.seen).toHaveLength(1);
  });

  it('may be asked again when its model is being loaded', async () => {
    isLoaded = false;
    const asked = () => deskOf().resolve({ profile: {}, method });
    await expect(asked()).rejects.toMatchObject({ code: 'MODEL_LOADING', retryable: true });
    isLoaded = true;
    expect(await asked()).toMatchObject({ customerId: null });
  });

  it.each([
    ['there is no such endpoint', 'nowhere', 'MODEL_ENDPOINT_MISSING', false, 'deploy a model there'],
    ['its container does not answer', 'gone', 'MODEL_FAILED', true, 'its log is arn:aws:logs'],
    ['another model is there', 'scores', 'MODEL_ANSWER_INVALID', false, 'check which model it serves'],
  ])('says so when %s', async (_, endpoint, code, retryable, message) => {
    await expect(deskOf(endpoint).resolve({ profile: {}, method })).rejects.toMatchObject({
      code,
      retryable,
      message: expect.stringContaining(message),
    });
  });

  it('says so when time runs out, when it is throttled for long, and when credentials expired', async () => {
    const asked = async (fault: Fault) => {
      proxy.order(2, fault);
      return deskOf('identity', { attempts: 2, requestMs: 200 })
        .resolve({ profile: {}, method })
        .catch(({ code, retryable }: { code: string; retryable: boolean }) => [code, retryable]);
    };
    expect(await asked({ kind: 'hang' })).toEqual(['AWS_TIMEOUT', true]);
    expect(await asked(THROTTLED)).toEqual(['AWS_THROTTLED', true]);
    expect(await asked({ ...EXPIRED_TOKEN, code: 'ExpiredTokenException' })).toEqual([
      'AWS_CREDENTIALS_EXPIRED',
      false,
    ]);
  });
});

function addressOf(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
