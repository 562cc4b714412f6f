import { RedshiftKpiEngine } from '../../adapters/aws/redshift/redshift-kpi-engine';
import { EXPIRED_TOKEN, THROTTLED, UNAVAILABLE, isOperation } from '../stand-ins/fault-proxy';
import { kpiTableNames } from '../../core/kpis/kpi-tables';
import { kpiContent, kpiRows } from '../support/kpi-content';
import { COPY_ROLE, newSchema, openLoaded, startRedshiftStores, type RedshiftStores } from '../support/kpi-stores';
import { testConnection } from '../support/aws';
import { kpiStoreContract, loadedStoreContract } from './kpi-store-contract';

let stores: RedshiftStores;
beforeAll(async () => {
  stores = await startRedshiftStores();
}, 240_000);
afterAll(() => stores.stop());
beforeEach(() => stores.proxy.reset());

kpiStoreContract('Redshift', async () => openLoaded(stores));

loadedStoreContract('Redshift', (schema, queryMs) => stores.open(schema, queryMs), newSchema);

const OPERATIONS = ['ExecuteStatement', 'BatchExecuteStatement', 'DescribeStatement', 'GetStatementResult'] as const;

it.each([
  ['throttles', THROTTLED],
  ['is not well', UNAVAILABLE],
  ['loses an answer', { kind: 'cut', at: 'answer' } as const],
])('asks again, and runs nothing twice, where Redshift %s', async (_what, fault) => {
  const store = stores.open();
  await store.revision();
  for (const operation of OPERATIONS) stores.proxy.order(2, fault, isOperation(operation));
  const before = stores.front.statements.length;
  await store.load(kpiContent('r-1', kpiRows(3)));
  const published = stores.front.statements.slice(before).filter((sql) => /^(LOCK|COPY|INSERT)/.test(sql));
  expect(published.map((sql) => sql.split(' ')[0])).toEqual([...kpiTableNames.map(() => 'COPY'), 'LOCK', 'INSERT']);
  expect(await store.revision()).toBe('r-1');
  await store.close();
});

it('says that credentials expired', async () => {
  const store = stores.open();
  stores.proxy.order(9, EXPIRED_TOKEN);
  await expect(store.revision()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
  await store.close();
});

it('gives up a service that does not answer, to be tried again later', async () => {
  const impatient = stores.of({}, { requestMs: 200, attempts: 2 });
  stores.proxy.order(9, { kind: 'hang' });
  await expect(impatient.revision()).rejects.toMatchObject({ code: 'AWS_TIMEOUT', retryable: true });
  await impatient.close();
});

it('says that an account has too many statements under way', async () => {
  const store = stores.open();
  stores.proxy.order(9, { kind: 'error', status: 400, code: 'ActiveStatementsExceededException' });
  await expect(store.revision()).rejects.toMatchObject({ code: 'KPI_STORE_UNAVAILABLE', retryable: true });
  await store.close();
});

it('cancels at Redshift what is called off', async () => {
  const store = stores.open();
  await store.revision();
  const abort = new AbortController();
  const running = store.rows('SELECT pg_sleep(600)', { signal: abort.signal });
  const isSleeping = () => stores.front.statements.at(-1) === 'SELECT pg_sleep(600)';
  while (!isSleeping()) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(stores.proxy.seen.filter(isOperation('CancelStatement'))).toHaveLength(1);
  await store.close();
});

it('reads answers page by page', async () => {
  const store = stores.open();
  await store.load(kpiContent('r-1', kpiRows(450)));
  stores.proxy.reset();
  expect(await store.rows('SELECT customer_id FROM customers')).toHaveLength(450);
  // The answer that names the content has one page, this one five of a hundred rows.
  expect(stores.proxy.seen.filter(isOperation('GetStatementResult'))).toHaveLength(6);
  await store.close();
});

it('leaves nothing of a load in S3, neither of one that broke off', async () => {
  const store = stores.open();
  await store.load(kpiContent('r-1', kpiRows(3)));
  stores.proxy.order(
    1,
    { kind: 'error', status: 400, code: 'ValidationException' },
    ({ body }) => body.includes('COPY') && body.includes('milestones_k'),
  );
  await expect(store.load(kpiContent('r-2', kpiRows(3)))).rejects.toMatchObject({ code: 'AWS_REQUEST_INVALID' });
  expect(await stores.objects()).toEqual([]);
  expect(await store.revision()).toBe('r-1');
  await store.close();
});

it('runs in a provisioned cluster, too', async () => {
  const target = { ClusterIdentifier: 'hub', DbUser: 'hub', Database: 'dev' };
  const store = stores.of({ target });
  expect(await store.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await store.close();
});

it.each([
  ['numbers beyond 2^53', 'SELECT CAST(9007199254740993 AS BIGINT) AS big', /"big".*2\^53/],
  ['a statement that the Data API has no room for', `SELECT '${'x'.repeat(100_001)}' AS long`, /100000/],
])('refuses %s', async (_what, sql, message) => {
  const store = stores.open();
  await expect(store.rows(sql)).rejects.toMatchObject({
    code: 'KPI_QUERY_FAILED',
    message: expect.stringMatching(message),
  });
  await store.close();
});

it.each([
  ['ERROR: 1023 DETAIL: Serializable isolation violation on table - 100', 'KPI_STORE_CONFLICT', true],
  ['ERROR: permission denied for schema hub', 'KPI_STORE_ACCESS_DENIED', false],
  ['Query cancelled by WLM abort action of Query Monitoring Rule', 'KPI_STORE_TIMEOUT', true],
  ['ERROR: Disk Full DETAIL: error: Disk Full code: 1016', 'KPI_STORE_UNAVAILABLE', true],
  ['ERROR: column "x" does not exist', 'KPI_QUERY_FAILED', false],
])('tells %j', async (said, code, retryable) => {
  const store = stores.open();
  await store.revision();
  const failed = { Id: 'x', Status: 'FAILED', Error: said };
  stores.proxy.order(
    1,
    { kind: 'rewrite', rewrite: (answer) => ({ ...answer, body: Buffer.from(JSON.stringify(failed)) }) },
    isOperation('DescribeStatement'),
  );
  await expect(store.revision()).rejects.toMatchObject({ code, retryable });
  await store.close();
});

it('refuses an address that is none', () => {
  const engine = () =>
    new RedshiftKpiEngine(testConnection('nowhere', ['redshift-data']), {
      ...{ target: { WorkgroupName: 'w', Database: 'dev' }, copyRole: COPY_ROLE },
      ...({} as { parquet: never; files: never }),
    });
  expect(engine).toThrow(expect.objectContaining({ code: 'AWS_ENDPOINT_INVALID' }));
});
