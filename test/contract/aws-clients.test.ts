import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { callAws } from '../../adapters/aws/aws-errors';
import { clientConfig } from '../../adapters/aws/client-policy';
import {
  EXPIRED_TOKEN,
  FaultProxy,
  SLOW_DOWN,
  THROTTLED,
  TOO_MANY,
  UNAVAILABLE,
  type Fault,
} from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';

describe('clients of AWS, by way of a network with faults', () => {
  let moto: MotoServer;
  let proxy: FaultProxy;
  beforeAll(async () => {
    moto = await startMoto();
    proxy = await FaultProxy.start(moto.url);
  }, ENGINE_START_MS);
  afterAll(async () => {
    await proxy.stop();
    await moto.stop();
  });
  beforeEach(() => proxy.reset());

  const connection = (more = {}) => testConnection(proxy.url, ['s3', 'dynamodb'], more);
  const buckets = (more = {}) =>
    callAws('listing', undefined, () =>
      new S3Client(clientConfig('s3', connection(more))).send(new ListBucketsCommand({})),
    );
  const tables = () =>
    callAws('listing', undefined, () =>
      new DynamoDBClient(clientConfig('dynamodb', connection())).send(new ListTablesCommand({})),
    );

  it('are told apart by their user agent', async () => {
    await buckets();
    expect(proxy.seen[0]!.headers['user-agent']).toContain('journey-hub/0.0.0-test');
  });

  it.each<[string, Fault]>([
    ['an unavailable service', UNAVAILABLE],
    ['too many requests', TOO_MANY],
    ['a service that asks to slow down', SLOW_DOWN],
    ['a connection that is refused', { kind: 'refuse' }],
    ['an answer that never comes', { kind: 'cut', at: 'answer' }],
    ['an answer that breaks off', { kind: 'cut', at: 'half-way' }],
  ])('try again after %s', async (_, fault) => {
    proxy.order(2, fault);
    expect((await buckets()).Buckets ?? []).toEqual([]);
    expect(proxy.seen).toHaveLength(3);
  });

  it('try again when a service throttles in JSON', async () => {
    proxy.order(2, THROTTLED);
    expect((await tables()).TableNames).toEqual([]);
    expect(proxy.seen).toHaveLength(3);
  });

  it.each<[string, Fault, string, number]>([
    ['throttled', SLOW_DOWN, 'AWS_THROTTLED', 3],
    ['unavailable', UNAVAILABLE, 'AWS_UNAVAILABLE', 3],
    ['too slow', { kind: 'hang' }, 'AWS_TIMEOUT', 3],
    ['cut off', { kind: 'refuse' }, 'AWS_UNAVAILABLE', 3],
  ])('give up by and by, and say that it was %s', async (_, fault, code, requests) => {
    proxy.order(Infinity, fault);
    await expect(buckets({ attempts: 3, requestMs: 200 })).rejects.toMatchObject({ code, retryable: true });
    expect(proxy.seen).toHaveLength(requests);
  });

  it('do not try again with credentials that expired', async () => {
    proxy.order(Infinity, EXPIRED_TOKEN);
    for (const ask of [buckets, tables]) {
      proxy.seen.length = 0;
      await expect(ask()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
      expect(proxy.seen).toHaveLength(1);
    }
  });
});

describe('a websocket by way of a network with faults', () => {
  it('passes both ways, is refused when that is ordered, and is cut', async () => {
    const server = createServer().on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = await FaultProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const upgrade = (event: 'upgrade' | 'response') => {
      const asked = request(proxy.url, { headers: { connection: 'upgrade', upgrade: 'echo' } }).end();
      return once(asked, event) as Promise<[IncomingMessage, Socket]>;
    };
    const [, socket] = await upgrade('upgrade');
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    proxy.order(1, { kind: 'status', status: 429 });
    expect((await upgrade('response'))[0].statusCode).toBe(429);
    proxy.cutWebsockets();
    await once(socket, 'close');
    expect(proxy.seen).toHaveLength(2);
    await proxy.stop();
    server.close();
  });
});
