import { refuseElsewhere, TrinoSession } from '../../adapters/open/trino/trino-session';
import { FaultProxy, TOO_MANY, UNAVAILABLE, type Matches } from '../stand-ins/fault-proxy';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';

let trino: TrinoServer;
let proxy: FaultProxy;
let session: TrinoSession;
beforeAll(async () => {
  trino = await startTrino();
  proxy = await FaultProxy.start(trino.address.url);
  session = new TrinoSession({ ...trino.address, url: proxy.url });
  await session.run('CREATE SCHEMA hub');
  await session.run('CREATE TABLE numbers (n INTEGER)');
}, 600_000);
afterAll(async () => {
  await session.close();
  await proxy.stop();
  await trino.stop();
});
beforeEach(() => proxy.reset());

const isQuery: Matches = ({ method }) => method === 'POST';
const isPage: Matches = ({ method }) => method === 'GET';
const queries = () => proxy.seen.filter(isQuery).length;
const count = async () => (await session.rows<{ n: bigint }>('SELECT count(*) AS n FROM numbers'))[0]!.n;

it.each([
  ['a busy server', TOO_MANY],
  ['a server that is away for a moment', UNAVAILABLE],
])('waits for %s, with queries and with pages', async (_what, fault) => {
  proxy.order(2, fault, isQuery);
  proxy.order(3, fault, isPage);
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it.each(['half-way', 'answer'] as const)('reads a page again whose connection is cut at %s', async (at) => {
  proxy.order(2, { kind: 'cut', at }, isPage);
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('sends no statement twice that may have been heard, and says that it may be tried again', async () => {
  const before = await count();
  proxy.reset();
  proxy.order(1, { kind: 'cut', at: 'answer' }, isQuery);
  await expect(session.run('INSERT INTO numbers VALUES (1)')).rejects.toMatchObject({
    code: 'LAKE_UNAVAILABLE',
    retryable: true,
    message: expect.stringContaining('INSERT INTO numbers'),
  });
  expect(queries()).toBe(1);
  expect([before, before + 1n]).toContain(await count());
});

it('waits for a cluster that has no nodes yet', async () => {
  const failed = JSON.stringify({
    error: { message: 'none', errorName: 'NO_NODES_AVAILABLE', errorType: 'INTERNAL_ERROR' },
  });
  const headers = { 'content-type': 'application/json' };
  proxy.order(2, { kind: 'answer', answer: () => ({ status: 200, headers, body: Buffer.from(failed) }) }, isQuery);
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(queries()).toBe(3);
});

it('calls a query off that nobody waits for any more', async () => {
  const abort = new AbortController();
  const sql =
    'SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a (x), UNNEST(sequence(1, 10000)) AS b (y), UNNEST(sequence(1, 10000)) AS c (z) WHERE x * y < z';
  const running = session.rows(sql, abort.signal);
  while (proxy.seen.filter(isPage).length < 2) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(proxy.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

it('calls a query off whose rows are not read to the end', async () => {
  for await (const batch of session.read(
    'SELECT n FROM UNNEST(sequence(1, 10000)) AS a (n), UNNEST(sequence(1, 1000)) AS b (m)',
  )) {
    expect(batch.rows).toBeGreaterThan(0);
    break;
  }
  expect(proxy.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

it('tells values in the types that the lake promises', async () => {
  const sql = `SELECT BIGINT '7' AS big, 0.5e0 AS half, nan() AS nothing, TIMESTAMP '2026-01-02 03:04:05.678901' AS at,
  DATE '2026-01-02' AS day, ARRAY[BIGINT '1', NULL] AS list, CAST(NULL AS BIGINT) AS gap, true AS yes, 'ü😀' AS text`;
  expect(await session.rows(sql)).toEqual([
    {
      ...{ big: 7n, half: 0.5, nothing: NaN, at: new Date('2026-01-02T03:04:05.678Z'), day: new Date('2026-01-02') },
      ...{ list: [1n, null], gap: null, yes: true, text: 'ü😀' },
    },
  ]);
});

it('refuses a BIGINT that JSON would round, naming the column', async () => {
  await expect(session.rows("SELECT BIGINT '9007199254740993' AS id")).rejects.toMatchObject({
    code: 'LAKE_QUERY_FAILED',
    message: expect.stringMatching(/"id".*CAST/),
  });
});

it('sends no password elsewhere than it was meant for', () => {
  const address = { url: 'https://trino.example:8443', password: 'secret' };
  const page = (origin: string) => () => refuseElsewhere(address, `${origin}/v1/statement/queued/1`);
  expect(page('https://trino.example:8443')).not.toThrow();
  for (const other of ['http://trino.example:8443', 'https://other.example:8443', 'https://trino.example']) {
    expect(page(other)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', field: 'engines.trino.url' }));
  }
  expect(() => refuseElsewhere({ url: 'http://trino:8080' }, 'http://node-2:8080/v1/statement/1')).not.toThrow();
});

it('sends no password in the clear', () => {
  expect(() => new TrinoSession({ ...trino.address, password: 'secret' })).toThrow(
    expect.objectContaining({ code: 'SETTING_INVALID', field: 'engines.trino.url' }),
  );
});
