import { randomBytes, randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientConfig, type AwsConnection } from '../../adapters/aws/client-policy';
import { openDynamoTriggerStore } from '../../adapters/aws/dynamodb/dynamo-trigger-store';
import { triggerTables } from '../../adapters/aws/dynamodb/trigger-tables';
import type { MilestoneTrigger } from '../../core/milestones/trigger';
import type { DueLook, TriggerStore } from '../../ports/trigger-store';
import {
  EXPIRED_TOKEN,
  FaultProxy,
  THROTTLED,
  UNAVAILABLE,
  isOperation,
  type Answer,
  type Fault,
  type Matches,
} from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';
import { createTables } from '../support/dynamo-tables';
import { triggerFor, triggerStoreContract } from './trigger-store-contract';

/** Another stand-in, as DynamoDB Local: it parses expressions as the service does, and knows requests by their tokens. */
const elsewhere = process.env['HUB_TEST_DYNAMODB'];
let url: string;
let moto: MotoServer | undefined;
let proxy: FaultProxy;
let admin: DynamoDBClient;
beforeAll(async () => {
  moto = elsewhere === undefined ? await startMoto() : undefined;
  url = elsewhere ?? moto!.url;
  proxy = await FaultProxy.start(url);
  admin = new DynamoDBClient(clientConfig('dynamodb', testConnection(url, ['dynamodb'])));
}, ENGINE_START_MS);
afterAll(async () => {
  admin.destroy();
  await proxy.stop();
  await moto?.stop();
});

async function openEmpty(connection: Partial<AwsConnection> = {}) {
  proxy.reset();
  const prefix = `hub-test-${randomUUID()}-`;
  const tables = triggerTables(prefix);
  await createTables(admin, tables);
  const opened: TriggerStore[] = [];
  const reopen = async () => {
    const store = openDynamoTriggerStore(testConnection(proxy.url, ['dynamodb'], connection), prefix);
    opened.push(store);
    return store;
  };
  return {
    store: await reopen(),
    reopen,
    close: async () => {
      for (const store of opened) await store.close();
      // Moto copies all tables for each transaction.
      for (const { name } of tables) await admin.send(new DeleteTableCommand({ TableName: name }));
    },
  };
}

triggerStoreContract('DynamoDB', openEmpty);

/** The write that makes an activation count. */
const isTurn: Matches = (request) => isOperation('UpdateItem')(request) && request.body.includes(':meaning');

describe('the trigger store in DynamoDB, by way of a network with faults', () => {
  let store: TriggerStore;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, close } = await openEmpty());
  });
  afterEach(() => close());

  const LOST: Fault = { kind: 'cut', at: 'answer' };
  const fires = { looks: 1, reached: 1, retracted: 0, lagMs: 5 };

  it.each<[string, Fault]>([
    ['a service that throttles', THROTTLED],
    ['a service that is not well', UNAVAILABLE],
    ['a connection that is refused', { kind: 'refuse' }],
    ['answers that are lost', LOST],
    ['answers that break off', { kind: 'cut', at: 'half-way' }],
  ])('does everything in spite of %s', async (_, fault) => {
    const operations = ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'TransactWriteItems'];
    const again = () => operations.forEach((operation) => proxy.order(1, fault, isOperation(operation)));
    again();
    await store.activate([triggerFor('churned', '1')]);
    again();
    expect(await store.active()).toHaveLength(1);
    expect(await store.revision()).toBe(1);
    again();
    await store.setDue([look('c', 10), look('d', 20)]);
    again();
    await store.setDue([look('c', 30), look('d', undefined)]);
    expect(await store.due(100, 10)).toEqual([look('c', 30)]);
    again();
    expect(await store.awaited()).toEqual({ churned: 1 });
    again();
    await store.setTold([{ webhook: 'crm', milestoneId: 'm', state: 'reached', times: 1 }]);
    again();
    expect((await store.told(['m'])).get('m')).toEqual({ crm: { state: 'reached', times: 1 } });
  });

  it('adds nothing twice when an answer is lost: the request is known by its token', async () => {
    proxy.order(2, LOST, isOperation('TransactWriteItems'));
    await store.noteFires(0, new Map([['churned', fires]]));
    const tokens = proxy.seen
      .filter(isOperation('TransactWriteItems'))
      .map(({ body }) => (JSON.parse(body.toString()) as { ClientRequestToken: string }).ClientRequestToken);
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
    // Moto does not look at tokens.
    if (elsewhere !== undefined) expect((await store.fires('churned')).get(0)).toEqual(fires);
    await store.noteFires(60_000, new Map([['churned', fires]]));
    expect(tokens).not.toContain(JSON.parse(proxy.seen.at(-1)!.body.toString()).ClientRequestToken);
  });

  it('tries a transaction again that met another', async () => {
    proxy.order(2, cancelled('None', 'TransactionConflict'), isOperation('TransactWriteItems'));
    await store.setDue([look('c', 10)]);
    proxy.order(1, cancelled('ThrottlingError'), isOperation('TransactWriteItems'));
    await store.setDue([look('c', 20)]);
    expect(await store.due(100, 10)).toEqual([look('c', 20)]);
    expect(await store.awaited()).toEqual({ churned: 1 });
  });

  it('gives up on transactions that always meet another, and on those that are refused at once', async () => {
    proxy.order(Infinity, cancelled('TransactionConflict'), isOperation('TransactWriteItems'));
    await expect(store.setDue([look('c', 10)])).rejects.toMatchObject({ code: 'AWS_THROTTLED', retryable: true });
    proxy.reset();
    proxy.order(Infinity, cancelled('ValidationError'), isOperation('TransactWriteItems'));
    await expect(store.setDue([look('c', 10)])).rejects.toMatchObject({
      code: 'AWS_REQUEST_INVALID',
      retryable: false,
    });
    expect(proxy.seen.filter(isOperation('TransactWriteItems'))).toHaveLength(1);
    expect(await store.awaited()).toEqual({});
  });

  it('looks again at looks that another set in between', async () => {
    proxy.order(1, cancelled('ConditionalCheckFailed', 'None'), isOperation('TransactWriteItems'));
    await store.setDue([look('c', 10)]);
    expect(proxy.seen.filter(isOperation('BatchGetItem'))).toHaveLength(2);
    expect(await store.due(100, 10)).toEqual([look('c', 10)]);
  });

  it('asks for keys again that were left over', async () => {
    await store.setTold(['a', 'b', 'c'].map((id) => ({ webhook: 'crm', milestoneId: id, state: 'reached', times: 1 })));
    proxy.order(2, { kind: 'rewrite', rewrite: leaveSomeOver }, isOperation('BatchGetItem'));
    expect([...(await store.told(['a', 'b', 'c'])).keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(proxy.seen.filter(isOperation('BatchGetItem'))).toHaveLength(3);
  });

  it('makes nothing active when it breaks off before the end, and takes it up when it is asked again', async () => {
    await store.activate([triggerFor('churned', '1')]);
    const others = [triggerFor('churned', '2'), triggerFor('saved', '1')];
    proxy.order(Infinity, UNAVAILABLE, isTurn);
    await expect(store.activate(others)).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE', retryable: true });
    proxy.reset();
    expect((await store.active()).map(({ version }) => version)).toEqual(['1']);
    expect(await store.revision()).toBe(1);
    await store.activate(others);
    expect(await store.revision()).toBe(2);
    expect(await store.active()).toHaveLength(2);
  });

  it('has another revision after a query was compiled otherwise and the activation broke off in between', async () => {
    const trigger = triggerFor('churned', '1');
    await store.activate([trigger]);
    const other = { ...trigger, traversal: [['V']] as MilestoneTrigger['traversal'] };
    proxy.order(5, UNAVAILABLE, isTurn);
    await expect(store.activate([other])).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE' });
    await store.activate([other]);
    expect(await store.revision()).toBe(2);
  });

  it('counts an activation once whose answer was lost', async () => {
    proxy.order(2, LOST, isTurn);
    await store.activate([triggerFor('churned', '1')]);
    expect(await store.revision()).toBe(1);
  });

  it('gives every activation a revision of its own, whoever they come from at the same time', async () => {
    const versions = ['1', '2', '3', '4', '5'];
    await Promise.all(versions.map((version) => store.activate([triggerFor('churned', version)])));
    expect(await store.revision()).toBe(versions.length);
  });

  it('says so when time runs out, and when credentials expired', async () => {
    const { store, close } = await openEmpty({ attempts: 2, requestMs: 200 });
    proxy.order(2, { kind: 'hang' });
    await expect(store.revision()).rejects.toMatchObject({ code: 'AWS_TIMEOUT', retryable: true });
    proxy.order(1, { ...EXPIRED_TOKEN, code: 'ExpiredTokenException' });
    await expect(store.revision()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
    await close();
  });

  it.each<[string, (store: TriggerStore, signal: AbortSignal) => Promise<unknown>]>([
    ['GetItem', (asked, signal) => asked.revision(signal)],
    ['GetItem', (asked, signal) => asked.active(signal)],
    ['UpdateItem', (asked, signal) => asked.activate([triggerFor('churned', '1')], signal)],
    ['Query', (asked, signal) => asked.versions('churned', signal)],
    ['Query', (asked, signal) => asked.due(10, 1, signal)],
    ['Query', (asked, signal) => asked.awaited(signal)],
    ['Query', (asked, signal) => asked.fires('churned', signal)],
    ['BatchGetItem', (asked, signal) => asked.told(['m'], signal)],
    ['BatchGetItem', (asked, signal) => asked.setDue([look('c', 10)], signal)],
    ['TransactWriteItems', (asked, signal) => asked.setDue([look('c', 10)], signal)],
    ['TransactWriteItems', (asked, signal) => asked.noteFires(10, new Map([['churned', fires]]), signal)],
    [
      'TransactWriteItems',
      (asked, signal) => asked.setTold([{ milestoneId: 'm', webhook: 'crm', state: 'reached', times: 1 }], signal),
    ],
  ])('takes a request back that nobody waits for any more: %s', async (operation, ask) => {
    const abort = new AbortController();
    // Whoever asks for several things at once has all of them called off.
    proxy.order(99, { kind: 'hang' }, isOperation(operation));
    const asked = ask(store, abort.signal);
    while (!proxy.seen.some(isOperation(operation))) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
    proxy.reset();
  });

  it('does not wait for a busy table where nobody waits for it any more', async () => {
    await store.setDue([look('c', 10)]);
    const abort = new AbortController();
    let asked = 0;
    const nothing = (answer: Answer) => {
      if (++asked === 2) abort.abort();
      return leaveAllOver(answer);
    };
    proxy.order(99, { kind: 'rewrite', rewrite: nothing }, isOperation('BatchGetItem'));
    await expect(store.setDue([look('c', 11)], abort.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(asked).toBe(2);
  });

  it('names a table that is not there', async () => {
    const nowhere = openDynamoTriggerStore(testConnection(url, ['dynamodb']), 'hub-never-created-');
    await expect(nowhere.due(0, 1)).rejects.toMatchObject({
      code: 'AWS_NOT_FOUND',
      message: expect.stringContaining('hub-never-created-triggers'),
    });
    await nowhere.close();
  });

  it('refuses a stored query that no item can hold, by name, and stays as it was', async () => {
    const events = Array.from({ length: 15_000 }, () => randomBytes(30).toString('base64'));
    const long = { ...triggerFor('too-long', '1'), events };
    await expect(store.activate([triggerFor('churned', '1'), long])).rejects.toMatchObject({
      code: 'TRIGGER_TOO_LARGE',
      field: 'too-long',
      retryable: false,
    });
    expect(await store.active()).toEqual([]);
  });

  it('reads before it writes: what is as it is to be costs no write', async () => {
    await store.setDue([look('c', 10)]);
    proxy.reset();
    await store.setDue([look('c', 10), look('never', undefined)]);
    expect(proxy.seen.filter(isOperation('TransactWriteItems'))).toEqual([]);
  });
});

function look(customerId: string, dueAt: number): DueLook;
function look(customerId: string, dueAt: number | undefined): Omit<DueLook, 'dueAt'> & { dueAt: number | undefined };
function look(customerId: string, dueAt: number | undefined) {
  return { customerId, milestone: 'churned', dueAt };
}

function cancelled(...codes: string[]): Fault {
  const body = {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  };
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { kind: 'answer', answer: () => ({ status: 400, headers, body: Buffer.from(JSON.stringify(body)) }) };
}

/** As when a table is too busy for any of it. */
function leaveAllOver({ body }: Answer): Answer {
  const { Responses } = JSON.parse(body.toString()) as { Responses: Record<string, { pk: object; sk: object }[]> };
  const [[table, items]] = Object.entries(Responses) as [[string, { pk: object; sk: object }[]]];
  const Keys = items.map(({ pk, sk }) => ({ pk, sk }));
  const left = { Responses: { [table]: [] }, UnprocessedKeys: { [table]: { Keys, ConsistentRead: true } } };
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify(left)),
  };
}

/** As when an answer would be too long: of several items the first alone, and the rest another time. */
function leaveSomeOver(answer: Answer): Answer {
  type Items = Record<string, { pk: object; sk: object }[]>;
  const { Responses } = JSON.parse(answer.body.toString()) as { Responses: Items };
  const [[table, items]] = Object.entries(Responses) as [[string, Items[string]]];
  const left = items.slice(1).map(({ pk, sk }) => ({ pk, sk }));
  const UnprocessedKeys = left.length === 0 ? {} : { [table]: { Keys: left, ConsistentRead: true } };
  const body = Buffer.from(JSON.stringify({ Responses: { [table]: items.slice(0, 1) }, UnprocessedKeys }));
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}
