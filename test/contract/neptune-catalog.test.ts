import { CreateDatabaseCommand, CreateTableCommand, GetTablesCommand, GlueClient } from '@aws-sdk/client-glue';
import { NeptuneCatalog } from '../../adapters/aws/athena/neptune-catalog';
import { clientConfig } from '../../adapters/aws/client-policy';
import { athenaCatalog, type CatalogTable } from '../../core/graph/athena-catalog';
import {
  EXPIRED_TOKEN,
  FaultProxy,
  THROTTLED,
  UNAVAILABLE,
  isOperation,
  type Answer,
  type SeenRequest,
} from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';

let moto: MotoServer;
let proxy: FaultProxy;
let glue: GlueClient;
let catalog: NeptuneCatalog;
let database: string;
let number = 0;
beforeAll(async () => {
  moto = await startMoto();
  proxy = await FaultProxy.start(moto.url);
  glue = new GlueClient(clientConfig('glue', testConnection(moto.url, ['glue'])));
}, ENGINE_START_MS);
afterAll(async () => {
  glue.destroy();
  await proxy.stop();
  await moto.stop();
});
beforeEach(() => {
  proxy.reset();
  database = `graph_${++number}`;
  catalog = new NeptuneCatalog(testConnection(proxy.url, ['glue']), database);
});
afterEach(() => catalog.close());

const TABLES = athenaCatalog({ Event: ['amount'] });
const NAMES = TABLES.map(({ name }) => name);
const WRITES = ['CreateDatabase', 'CreateTable', 'UpdateTable', 'DeleteTable'];

function writes(): string[] {
  return proxy.seen
    .map(({ headers }) => String(headers['x-amz-target']).split('.')[1]!)
    .filter((operation) => WRITES.includes(operation));
}

async function inGlue() {
  const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName: database }));
  return Object.fromEntries((TableList ?? []).map((table) => [table.Name!, table]));
}

async function createByOthers(name: string, parameters: Record<string, string> = {}): Promise<void> {
  await glue.send(
    new CreateTableCommand({ DatabaseName: database, TableInput: { Name: name, Parameters: parameters } }),
  );
}

const changed = (name: string, change: Partial<CatalogTable>) =>
  TABLES.map((table) => (table.name === name ? { ...table, ...change } : table));

/** Glue's pages, of which Moto has none. */
function inPagesOf(size: number) {
  return (answer: Answer, request: SeenRequest): Answer => {
    const { NextToken = '0' } = JSON.parse(String(request.body)) as { NextToken?: string };
    const { TableList } = JSON.parse(String(answer.body)) as { TableList: unknown[] };
    const end = Number(NextToken) + size;
    const next = end < TableList.length ? { NextToken: String(end) } : {};
    const page = { TableList: TableList.slice(Number(NextToken), end), ...next };
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(page)) };
  };
}

describe("the catalog of Athena's connector for Neptune", () => {
  it('is in Glue as the connector reads it', async () => {
    expect(await catalog.write(TABLES)).toEqual({ created: NAMES, updated: [], removed: [], unchanged: 0 });
    const tables = await inGlue();
    expect(Object.keys(tables).sort()).toEqual([...NAMES].sort());
    expect(tables['identified_as']).toMatchObject({
      Parameters: { componenttype: 'edge', glabel: 'IDENTIFIED_AS' },
      StorageDescriptor: {
        Columns: [
          { Name: 'id', Type: 'string' },
          { Name: 'in', Type: 'string' },
          { Name: 'out', Type: 'string' },
          { Name: 'method', Type: 'string' },
          { Name: 'rule', Type: 'string' },
          { Name: 'confidence', Type: 'double' },
        ],
      },
    });
    expect(tables['customer_journeys']!.Parameters).toMatchObject({
      componenttype: 'view',
      query: expect.stringContaining("g.V().hasLabel('Customer')"),
    });
  });

  it('is not touched a second time', async () => {
    await catalog.write(TABLES);
    proxy.reset();
    expect(await catalog.write(TABLES)).toEqual({ created: [], updated: [], removed: [], unchanged: NAMES.length });
    expect(writes()).toEqual([]);
  });

  it('is changed where it differs, and nowhere else', async () => {
    await catalog.write(
      changed('event', { parameters: { managedby: 'journey-hub', componenttype: 'vertex', query: 'g' } }),
    );
    proxy.reset();
    expect(await catalog.write(TABLES)).toMatchObject({ created: [], updated: ['event'], removed: [] });
    expect(writes()).toEqual(['UpdateTable']);
    const { event } = await inGlue();
    expect(event!.Parameters).toMatchObject({ glabel: 'Event' });
    expect(event!.Parameters).not.toHaveProperty('query');
  });

  it.each<[string, Partial<CatalogTable>]>([
    ['columns', { columns: [{ name: 'id', type: 'string' }] }],
    ['a column of another type', { columns: TABLES[1]!.columns.map(({ name }) => ({ name, type: 'string' })) }],
    ['a description', { description: 'what happened' }],
  ])('is changed when it has other %s', async (_, change) => {
    await catalog.write(TABLES);
    expect(await catalog.write(changed('event', change))).toMatchObject({ updated: ['event'] });
    expect(await catalog.write(TABLES)).toMatchObject({ updated: ['event'] });
    expect(await catalog.write(TABLES)).toMatchObject({ updated: [] });
  });

  it('keeps what others noted on a table', async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
    await createByOthers('event', { managedby: 'journey-hub', reviewed: 'ann' });
    await catalog.write(TABLES);
    expect((await inGlue())['event']!.Parameters).toMatchObject({ reviewed: 'ann', glabel: 'Event' });
    expect(await catalog.write(TABLES)).toMatchObject({ updated: [] });
  });

  it("loses tables of labels that are no more, and none of anybody else's", async () => {
    await catalog.write([...TABLES, { ...TABLES[0]!, name: 'household' }]);
    await createByOthers('theirs');
    expect(await catalog.write(TABLES)).toMatchObject({ created: [], updated: [], removed: ['household'] });
    expect(Object.keys(await inGlue()).sort()).toEqual([...NAMES, 'theirs'].sort());
  });

  it("is not begun where somebody else's table has one of its names", async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
    await createByOthers('reached');
    await expect(catalog.write(TABLES)).rejects.toMatchObject({
      code: 'CATALOG_TABLE_FOREIGN',
      retryable: false,
      field: 'database',
      message: expect.stringContaining('reached'),
    });
    expect(writes()).toEqual([]);
    expect(Object.keys(await inGlue())).toEqual(['reached']);
  });

  it('is known over any number of pages', async () => {
    await catalog.write([...TABLES, { ...TABLES[0]!, name: 'zone' }]);
    proxy.reset();
    proxy.order(Infinity, { kind: 'rewrite', rewrite: inPagesOf(2) }, isOperation('GetTables'));
    expect(await catalog.write(TABLES)).toMatchObject({ created: [], removed: ['zone'], unchanged: NAMES.length });
    expect(proxy.seen.length - writes().length).toBe(Math.ceil((NAMES.length + 1) / 2));
  });

  it('comes about in spite of a service that throttles, is not well, or loses its answers', async () => {
    const stale = [...changed('event', { description: 'stale' }).slice(0, -1), { ...TABLES[0]!, name: 'zone' }];
    const faults = [THROTTLED, UNAVAILABLE, { kind: 'cut', at: 'answer' } as const];
    const order = (operation: string) => faults.forEach((fault) => proxy.order(1, fault, isOperation(operation)));
    ['CreateDatabase', 'CreateTable', 'GetTables'].forEach(order);
    await catalog.write(stale);
    ['CreateTable', 'UpdateTable', 'DeleteTable'].forEach(order);
    expect(await catalog.write(TABLES)).toMatchObject({
      created: [NAMES.at(-1)],
      updated: ['event'],
      removed: ['zone'],
    });
    expect(await catalog.write(TABLES)).toMatchObject({ unchanged: NAMES.length });
  });

  it('is taken up where it was when whoever wrote it was cut off', async () => {
    proxy.order(Infinity, { kind: 'error', status: 403, code: 'AccessDeniedException' }, (request) =>
      String(request.body).includes('"Name":"reached"'),
    );
    await expect(catalog.write(TABLES)).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED', retryable: false });
    proxy.reset();
    const { created, unchanged } = await catalog.write(TABLES);
    expect([created[0], created.length + unchanged]).toEqual(['reached', NAMES.length]);
    expect(unchanged).toBeGreaterThan(0);
  });

  it('may be tried again when it is throttled for long, or somebody changes it at the same time', async () => {
    await catalog.write(TABLES);
    proxy.order(Infinity, { ...THROTTLED }, isOperation('GetTables'));
    await expect(catalog.write(TABLES)).rejects.toMatchObject({ code: 'AWS_THROTTLED', retryable: true });
    proxy.reset();
    for (const code of ['ConcurrentModificationException', 'EntityNotFoundException']) {
      proxy.order(1, { kind: 'error', status: 400, code }, isOperation('UpdateTable'));
      await expect(catalog.write(changed('event', { description: code }))).rejects.toMatchObject({
        code: 'CATALOG_CONFLICT',
        retryable: true,
      });
    }
  });

  it("is never written over somebody else's table that came in the meantime", async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
    await createByOthers('event');
    const nothing = { status: 200, headers: {}, body: Buffer.from('{"TableList":[]}') };
    proxy.order(1, { kind: 'answer', answer: () => nothing }, isOperation('GetTables'));
    await expect(catalog.write(TABLES)).rejects.toMatchObject({ code: 'CATALOG_TABLE_FOREIGN' });
    expect((await inGlue())['event']!.Parameters ?? {}).toEqual({});
  });

  it('says so when credentials expired, and when it is cancelled', async () => {
    proxy.order(1, { ...EXPIRED_TOKEN, code: 'ExpiredTokenException' });
    await expect(catalog.write(TABLES)).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
    await expect(catalog.write(TABLES, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(writes()).toEqual([]);
  });
});
