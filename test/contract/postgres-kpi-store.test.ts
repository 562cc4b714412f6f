import { createServer, type AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { kpiContent, kpiRows } from '../support/kpi-content';
import { newSchema, openLoaded, startPostgresStores, type PostgresStores } from '../support/kpi-stores';
import { freePort } from '../../adapters/local/engines/ports';
import { kpiStoreContract, loadedStoreContract } from './kpi-store-contract';

let stores: PostgresStores;
beforeAll(async () => {
  stores = await startPostgresStores();
}, 120_000);
afterAll(() => stores.stop());

kpiStoreContract('PostgreSQL', async () => openLoaded(stores));

loadedStoreContract('PostgreSQL', (schema, queryMs) => stores.open(schema, queryMs), newSchema);

const processes = async (): Promise<number[]> => {
  const { rows } = await stores.postgres.client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'journey-hub'",
  );
  return rows.map(({ pid }) => pid);
};

it('goes on over new connections where the server ended the old', async () => {
  const store = stores.open();
  await store.load(kpiContent('r-1', kpiRows(3)));
  for (const pid of await processes()) await stores.postgres.client.query('SELECT pg_terminate_backend($1)', [pid]);
  const asked = await store.rows('SELECT 1 AS one').catch((error: unknown) => error);
  // A connection may be given out before it is known that it ended.
  if (asked instanceof Error) expect(asked).toMatchObject({ code: 'KPI_STORE_UNAVAILABLE', retryable: true });
  expect(await store.revision()).toBe('r-1');
  await store.close();
});

it('stops a query at the server, too, and leaves no connection behind', async () => {
  const store = stores.open();
  await store.revision();
  const abort = new AbortController();
  const running = store.rows('SELECT pg_sleep(600)', { signal: abort.signal });
  const sleeping = async () =>
    (
      await stores.postgres.client.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active' AND pid <> pg_backend_pid()",
      )
    ).rows.length;
  while ((await sleeping()) === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  while ((await sleeping()) > 0) await new Promise((resolve) => setImmediate(resolve));
  await store.close();
});

it('drops the tables of contents long replaced, and keeps those that somebody may be about to ask', async () => {
  const schema = newSchema();
  const store = stores.open(schema);
  for (const revision of ['r-1', 'r-2', 'r-3', 'r-4']) await store.load(kpiContent(revision, kpiRows(2)));
  const { rows } = await stores.postgres.client.query(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = $1 AND table_name LIKE 'customers%'",
    [schema],
  );
  expect(rows).toHaveLength(2);
  await store.close();
});

it('loads while somebody goes on to read what was there, however often', async () => {
  const store = stores.open();
  await store.load(kpiContent('r-1', kpiRows(3)));
  const reading = store.rows<{ n: bigint }>('SELECT count(*) AS n, pg_sleep(7) FROM customers');
  for (const size of [4, 5, 6]) await store.load(kpiContent(`r-${size}`, kpiRows(size)));
  expect(await store.revision()).toBe('r-6');
  expect((await reading)[0]!.n).toBe(3n);
  await store.close();
});

it.each([
  [
    'nobody listens',
    async () => `postgres://hub@127.0.0.1:${await freePort()}/postgres`,
    'KPI_STORE_UNAVAILABLE',
    true,
  ],
  [
    'the database is another',
    async () => stores.postgres.url.replace(/postgres$/, 'nowhere'),
    'KPI_STORE_ACCESS_DENIED',
    false,
  ],
  ['the user is unknown', async () => stores.postgres.url.replace('hub@', 'nobody@'), 'KPI_STORE_ACCESS_DENIED', false],
])('says so where %s', async (_what, url, code, retryable) => {
  const store = stores.of({ url: await url() });
  await expect(store.revision()).rejects.toMatchObject({ code, retryable });
  await store.close();
});

describe('a connection that no trying mends is told once, with what to do:', () => {
  const guarded = () => stores.postgres.url.replace('hub@', 'guarded@');
  beforeAll(() => stores.postgres.client.query("CREATE ROLE guarded LOGIN PASSWORD 'r%gh& t?''ä'"));

  it.each([
    ['the server has no TLS', () => ({ url: `${stores.postgres.url}?sslmode=verify-full` }), /sslmode=disable/],
    ['the password is wrong', () => ({ url: guarded(), password: 'wrong' }), /passwordVariable/],
    ['there is no password', () => ({ url: guarded() }), /passwordVariable/],
    [
      'the certificate to trust is nowhere',
      () => ({ url: `${stores.postgres.url}?sslmode=verify-full&sslrootcert=/nowhere.pem` }),
      /sslrootcert/,
    ],
  ])('%s', async (_what, options, remedy) => {
    const store = stores.of(options());
    await expect(store.revision()).rejects.toMatchObject({
      code: 'KPI_STORE_ACCESS_DENIED',
      retryable: false,
      message: expect.stringMatching(remedy),
    });
    await store.close();
  });

  it('whose certificate is of somebody else', async () => {
    const server = await tlsPostgres();
    const store = stores.of({ url: `postgres://hub@127.0.0.1:${server.port}/kpis?sslmode=verify-full` });
    const asked = await store.revision().catch((error: unknown) => error);
    await store.close();
    await server.stop();
    expect(asked).toMatchObject({
      code: 'KPI_STORE_ACCESS_DENIED',
      retryable: false,
      message: expect.stringMatching(/self-signed.*sslrootcert/),
    });
  });

  it('lets those in who have the password', async () => {
    await stores.postgres.client.query('GRANT CREATE ON DATABASE postgres TO guarded');
    const store = stores.of({ url: guarded(), password: "r%gh& t?'ä" });
    expect(await store.revision()).toBe('');
    await store.close();
  });
});

/** As much of a PostgreSQL as begins TLS, with a certificate that nobody knows. */
async function tlsPostgres(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { algorithm: 'sha256' });
  const secureContext = createSecureContext({ key, cert });
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write('S');
      new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
