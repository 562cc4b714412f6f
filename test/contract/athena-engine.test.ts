import { AthenaEngine, type AthenaEngineOptions } from '../../adapters/aws/athena/athena-engine';
import type { RanQuery } from '../../adapters/aws/athena/athena-query';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import type { AwsConnection } from '../../adapters/aws/client-policy';
import type { ObjectStore } from '../../ports/object-store';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, UNAVAILABLE, type Matches } from '../stand-ins/fault-proxy';
import { BUCKET, startTestAthena, type TestAthena } from '../support/athena-lake';
import { testConnection } from '../support/aws';

let athena: TestAthena;
let proxy: FaultProxy;
let objects: ObjectStore;
let engine: AthenaEngine;
const ran: RanQuery[] = [];

function open(options: Partial<AthenaEngineOptions> = {}, connection: Partial<AwsConnection> = {}): AthenaEngine {
  return new AthenaEngine(testConnection(proxy.url, ['athena'], connection), {
    ...{ workGroup: 'journey-hub', database: 'hub', location: `s3://${BUCKET}/hub`, objects },
    onQuery: (query) => ran.push(query),
    ...options,
  });
}

beforeAll(async () => {
  athena = await startTestAthena();
  proxy = await FaultProxy.start(athena.front.url);
  objects = openS3ObjectStore(testConnection(athena.moto.url, ['s3']), { bucket: BUCKET, prefix: 'hub/' });
  engine = open();
  await engine.tables('lake');
}, 600_000);
afterAll(async () => {
  await engine.close();
  await objects.close();
  await proxy.stop();
  await athena.stop();
});
beforeEach(() => proxy.reset());

const asks =
  (operation: string): Matches =>
  ({ headers }) =>
    headers['x-amz-target'] === `AmazonAthena.${operation}`;
const OPERATIONS = ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults'];

async function rows(sql: string, signal?: AbortSignal, from = engine): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { rows: count, columns } of from.read(sql, signal)) {
    for (let row = 0; row < count; row++) {
      found.push(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])));
    }
  }
  return found;
}

it.each([
  ['throttles', THROTTLED],
  ['is not well', UNAVAILABLE],
  ['loses an answer', { kind: 'cut', at: 'answer' } as const],
])('asks again, and runs nothing twice, where Athena %s', async (_what, fault) => {
  for (const operation of OPERATIONS) proxy.order(2, fault, asks(operation));
  const before = athena.front.queries.length;
  expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(athena.front.queries.slice(before)).toEqual(['SELECT 1 AS one']);
});

it('tells values in the types that the lake promises, and nulls from empty texts', async () => {
  const sql = `SELECT BIGINT '9007199254740991' AS big, 0.5e0 AS half, TIMESTAMP '2026-01-02 03:04:05.678901' AS at,
  DATE '2026-01-02' AS day, CAST(NULL AS BIGINT) AS gap, '' AS empty, true AS yes, 'ü😀 "quoted", \n' AS text`;
  const expected = {
    ...{ big: 9007199254740991n, half: 0.5, at: new Date('2026-01-02T03:04:05.678Z'), day: new Date('2026-01-02') },
    ...{ gap: null, empty: '', yes: true, text: 'ü😀 "quoted", \n' },
  };
  expect(await rows(sql)).toEqual([expected]);
  const long = await rows(`${sql} FROM UNNEST(sequence(1, 2500)) AS many (n)`);
  expect(long).toEqual(Array.from({ length: 2_500 }, () => expected));
});

it('reads long answers from S3, in the order of the query, and leaves none of them there', async () => {
  const found = await rows(
    'SELECT 10000 * m + n AS n FROM UNNEST(sequence(1, 10000)) AS a (n), UNNEST(sequence(0, 1)) AS b (m) ORDER BY 1 DESC',
  );
  expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 20_000 }, (_, index) => BigInt(20_000 - index)));
  expect(proxy.seen.filter(asks('GetQueryResults'))).toHaveLength(1);
  const left = [];
  for await (const { key } of objects.list('answers/')) left.push(key);
  expect(left).toEqual([]);
});

it('stops a query that is called off', async () => {
  const abort = new AbortController();
  const running = rows(
    'SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a (x), UNNEST(sequence(1, 10000)) AS b (y), UNNEST(sequence(1, 10000)) AS c (z) WHERE x * y < z',
    abort.signal,
  );
  while (proxy.seen.filter(asks('GetQueryExecution')).length < 2) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(proxy.seen.filter(asks('StopQueryExecution'))).toHaveLength(1);
});

it('says that credentials expired', async () => {
  proxy.order(9, EXPIRED_TOKEN);
  await expect(rows('SELECT 1 AS one')).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
});

it('gives up a service that does not answer, to be tried again later', async () => {
  const impatient = open({}, { requestMs: 200, attempts: 2 });
  proxy.order(9, { kind: 'hang' });
  await expect(rows('SELECT 1 AS one', undefined, impatient)).rejects.toMatchObject({
    code: 'AWS_TIMEOUT',
    retryable: true,
  });
  await impatient.close();
});

it('tells what every query scanned', async () => {
  ran.length = 0;
  await rows('SELECT 1 AS one');
  expect(ran).toEqual([{ id: expect.any(String), sql: 'SELECT 1 AS one', scannedBytes: 10, ms: 1 }]);
});

it.each([
  ['a list, which Athena tells ambiguously', "SELECT ARRAY['a, b'] AS list", 'LAKE_QUERY_FAILED', /"list".*JSON/],
  ['a query that Athena has no room for', `SELECT '${'x'.repeat(262_144)}' AS long`, 'LAKE_QUERY_FAILED', /262144/],
  [
    'a column that is none',
    'SELECT nowhere FROM (SELECT 1 AS one) AS t',
    'LAKE_QUERY_FAILED',
    /nowhere[^]*in the query: SELECT/,
  ],
])('refuses %s', async (_what, sql, code, message) => {
  await expect(rows(sql)).rejects.toMatchObject({ code, retryable: false, message: expect.stringMatching(message) });
});

it('says where a workgroup must write that enforces its own settings', async () => {
  const elsewhere = open({ location: 's3://journey-lake/other' });
  proxy.order(
    99,
    {
      kind: 'rewrite',
      rewrite: (answer) => ({ ...answer, body: Buffer.from(answer.body.toString().replace('/other/', '/enforced/')) }),
    },
    asks('GetQueryExecution'),
  );
  const failure = rows('SELECT 1 AS one', undefined, elsewhere);
  const field = 'engines.aws.lake.workGroup';
  const message = expect.stringContaining(field);
  await expect(failure).rejects.toMatchObject({ code: 'SETTING_INVALID', field, message });
});
