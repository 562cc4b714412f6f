import { kpiTableNames } from '../../core/kpis/kpi-tables';
import type { KpiContent, KpiStore } from '../../ports/kpi-store';
import { HOSTILE, kpiContent, kpiRows, type KpiRows } from '../support/kpi-content';

export interface OpenKpiStore {
  readonly store: KpiStore;
  /** Makes the store see rows: loads them, or puts them where the store looks. */
  hold(rows: KpiRows): Promise<void>;
  close(): Promise<void>;
}

/** What every store that KPIs are computed in must do, whichever engine is behind it. */
export function kpiStoreContract(name: string, open: () => Promise<OpenKpiStore>): void {
  describe(`${name} as a KPI store`, () => {
    let opened: OpenKpiStore;
    let store: KpiStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    it.each(kpiTableNames)('has the table %s, empty, before anything is there', async (table) => {
      expect(await store.rows(`SELECT * FROM ${table}`)).toEqual([]);
    });

    it('tells values in the types that the lake promises, of times to the millisecond', async () => {
      await opened.hold(kpiRows(5));
      const [customer] = await store.rows(
        `SELECT birth_date, phone, profiles, first_seen FROM customers WHERE customer_id = 'c00001'`,
      );
      expect(customer).toEqual({
        ...{ birth_date: new Date('1980-02-29'), phone: null, profiles: 2n, first_seen: new Date('2026-01-01') },
      });
      const [step] = await store.rows(
        `SELECT place, code, at_ms, channel FROM journey_steps WHERE customer_id = 'c00002' AND code > 0`,
      );
      expect({ ...step, place: Number(step!['place']) }).toEqual({
        ...{ place: 2, code: 65_535, at_ms: 9_007_199_254_740_991n, channel: 'web' },
      });
      const [times] = await store.rows('SELECT min(occurred_at) AS first, max(occurred_at) AS last FROM events');
      expect(times).toEqual({ first: new Date('1969-12-31T23:59:59Z'), last: new Date('2026-01-20T23:59:59.999Z') });
    });

    it('keeps any text, and nulls apart from empty texts', async () => {
      await opened.hold(kpiRows(4));
      const rows = await store.rows<{ channel: string | null }>(
        `SELECT channel FROM events WHERE channel IS NULL OR channel <> 'call' ORDER BY profile_id`,
      );
      expect(rows.map(({ channel }) => channel)).toEqual([...HOSTILE, null]);
    });

    it.each([...HOSTILE, '\u0000 between', 'ünïcode'])(
      'takes the parameter %j as a value, never as SQL',
      async (given) => {
        const [row] = await store.rows<{ given: string }>('SELECT $given AS given, $given AS again', {
          parameters: { given },
        });
        expect(row!.given.replaceAll('\uFFFD', '\0')).toBe(given);
        await opened.hold(kpiRows(4));
        const [found] = await store.rows('SELECT count(*) AS n FROM events WHERE channel = $given', {
          parameters: { given },
        });
        expect(found).toEqual({ n: (HOSTILE as readonly string[]).includes(given) ? 1n : 0n });
      },
    );

    it('takes numbers, yes and no, and nothing as parameters, and leaves texts alone in which one is named', async () => {
      const sql = `SELECT $big + 1 AS big, $half * 2 AS half, '$big' AS told, CASE WHEN $yes THEN 'y' ELSE 'n' END AS yes,
  coalesce($gap, 'none') AS gap -- $nothing`;
      const [row] = await store.rows(sql, {
        parameters: { big: 2n ** 53n - 2n, half: 0.25, yes: true, gap: null },
      });
      expect(row).toEqual({ big: 2n ** 53n - 1n, half: 0.5, told: '$big', yes: 'y', gap: 'none' });
    });

    it('answers a query whose answer has several pages, in its order', async () => {
      await opened.hold(kpiRows(450));
      const rows = await store.rows<{ customer_id: string }>('SELECT customer_id FROM customers ORDER BY customer_id');
      expect(rows.map(({ customer_id: id }) => id)).toEqual(kpiRows(450).customers.map(([id]) => id));
    });

    it('says which SQL failed', async () => {
      await expect(store.rows('SELECT nowhere FROM events')).rejects.toMatchObject({
        code: expect.stringMatching(/^(KPI|LAKE)_QUERY_FAILED$/),
        retryable: false,
        message: expect.stringContaining('SELECT nowhere FROM events'),
      });
      await expect(store.rows('SELECT $nothing AS n FROM events')).rejects.toMatchObject({
        message: expect.stringMatching(/nothing/),
      });
    });

    it('stops a query when told to', async () => {
      await opened.hold(kpiRows(1_500));
      const abort = new AbortController();
      const sql = `SELECT count(*) AS n FROM journey_steps AS a, journey_steps AS b, journey_steps AS c
WHERE a.code * b.place < sqrt(c.place)`;
      const long = store.rows(sql, { signal: abort.signal });
      setImmediate(() => abort.abort());
      await expect(long).rejects.toMatchObject({ code: 'CANCELLED' });
    });
  });
}

/** What those do besides that hold a content of their own. */
export function loadedStoreContract(
  name: string,
  open: (schema?: string, queryMs?: number) => KpiStore,
  newSchema: () => string,
): void {
  describe(`${name}, which is loaded`, () => {
    const opened: KpiStore[] = [];
    const store = (schema: string, queryMs?: number): KpiStore => {
      opened.push(open(schema, queryMs));
      return opened.at(-1)!;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });
    const customers = async (one: KpiStore) =>
      Number((await one.rows<{ n: bigint }>('SELECT count(*) AS n FROM customers'))[0]!.n);

    it('names what it holds', async () => {
      const one = store(newSchema());
      expect(await one.revision()).toBe('');
      await one.load(kpiContent('r-1', kpiRows(3)));
      expect(await one.revision()).toBe('r-1');
    });

    it('does not read a revision again that it has, and replaces all by another', async () => {
      const schema = newSchema();
      await store(schema).load(kpiContent('r-1', kpiRows(3)));
      const another = store(schema);
      await another.load(unreadable('r-1'));
      expect(await customers(another)).toBe(3);
      for (const [revision, size] of [
        ['r-2', 5],
        ['r-3', 2],
        ['r-1', 4],
      ] as const) {
        await another.load(kpiContent(revision, kpiRows(size)));
        expect([await another.revision(), await customers(another)]).toEqual([revision, size]);
      }
    });

    it('shows nothing of a load that breaks off, and all of the next', async () => {
      const one = store(newSchema());
      await one.load(kpiContent('r-1', kpiRows(3)));
      await expect(one.load(brokenAfterRows('r-2'))).rejects.toThrow('the lake went away');
      expect([await one.revision(), await customers(one)]).toEqual(['r-1', 3]);
      await one.load(kpiContent('r-2', kpiRows(8)));
      expect([await one.revision(), await customers(one)]).toEqual(['r-2', 8]);
    });

    it('of two who load at once has one whole content, and tells the other', async () => {
      const schema = newSchema();
      const stores = [store(schema), store(schema)];
      const contents = readTogether(
        stores.map((_, index) => kpiContent(`r-${index}`, kpiRows(20 + index, `${index}`))),
      );
      const outcomes = await Promise.allSettled(stores.map((one, index) => one.load(contents[index]!)));
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]!.reason).toMatchObject({ code: 'KPI_STORE_CONFLICT', retryable: true });
      const revision = await stores[0]!.revision();
      expect(await customers(stores[1]!)).toBe(revision === 'r-0' ? 20 : 21);
    });

    it('takes the same content from two who load at once', async () => {
      const schema = newSchema();
      const stores = [store(schema), store(schema)];
      const contents = readTogether(stores.map(() => kpiContent('r-1', kpiRows(20))));
      await Promise.all(stores.map((one, index) => one.load(contents[index]!)));
      expect([await stores[0]!.revision(), await customers(stores[1]!)]).toEqual(['r-1', 20]);
    });

    it('never shows parts of two contents while they are replaced', async () => {
      const schema = newSchema();
      const writer = store(schema);
      const reader = store(schema);
      await writer.load(kpiContent('r-0', kpiRows(10)));
      let isLoading = true;
      const reading = (async () => {
        const seen = new Set<string>();
        while (isLoading) {
          const [row] = await reader.rows<{ c: bigint; i: bigint }>(
            'SELECT (SELECT count(*) FROM customers) AS c, (SELECT count(*) FROM identities) AS i',
          );
          seen.add(`${row!.c} ${row!.i}`);
        }
        return seen;
      })();
      for (const size of [11, 12]) await writer.load(kpiContent(`r-${size}`, kpiRows(size)));
      isLoading = false;
      for (const seen of await reading) expect(seen).toMatch(/^(\d+) \1$/);
    });

    it('stops a load when told to, and shows nothing of it', async () => {
      const one = store(newSchema());
      const abort = new AbortController();
      const content = kpiContent('r-1', kpiRows(3));
      function* events() {
        yield* content.tables.events.batches as Iterable<never>;
        abort.abort();
        yield* kpiContent('r-1', kpiRows(3)).tables.events.batches as Iterable<never>;
      }
      const tables = { ...content.tables, events: { ...content.tables.events, batches: events() } };
      await expect(one.load({ ...content, tables }, { signal: abort.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect(await one.revision()).toBe('');
    });

    it('gives up a query that takes too long', async () => {
      const schema = newSchema();
      await store(schema).load(kpiContent('r-1', kpiRows(1_500)));
      const impatient = store(schema, 1_000);
      const sql = `SELECT count(*) AS n FROM journey_steps AS a, journey_steps AS b, journey_steps AS c
WHERE a.code * b.place < sqrt(c.place)`;
      await expect(impatient.rows(sql)).rejects.toMatchObject({ code: 'KPI_STORE_TIMEOUT', retryable: true });
    });

    it('cannot be written to by a query', async () => {
      const one = store(newSchema());
      await one.load(kpiContent('r-1', kpiRows(3)));
      await expect(one.rows('DELETE FROM customers')).rejects.toMatchObject({ code: 'KPI_QUERY_FAILED' });
      expect(await customers(one)).toBe(3);
    });
  });
}

function unreadable(revision: string): KpiContent {
  const { tables } = kpiContent(revision, kpiRows(0));
  function* batches(): Generator<never> {
    throw new Error('the content was read');
  }
  const entries = kpiTableNames.map((table) => [table, { ...tables[table], batches: batches() }]);
  return { revision, tables: Object.fromEntries(entries) as KpiContent['tables'] };
}

/** The first tables are whole, and the third ends in the middle. */
function brokenAfterRows(revision: string): KpiContent {
  const content = kpiContent(revision, kpiRows(3_000));
  function* batches() {
    const [first] = content.tables.customers.batches as Iterable<never>;
    yield first!;
    throw new Error('the lake went away');
  }
  const customers = { ...content.tables.customers, batches: batches() };
  return { revision, tables: { ...content.tables, customers } };
}

/** None is read on before all have begun to be read: whoever loads them is at it at the same time as the others. */
function readTogether(contents: readonly KpiContent[]): KpiContent[] {
  let beginAll: () => void;
  const allBegan = new Promise<void>((resolve) => (beginAll = resolve));
  let began = 0;
  async function* batches({ events }: KpiContent['tables']) {
    began += 1;
    if (began === contents.length) beginAll();
    await allBegan;
    yield* events.batches;
  }
  return contents.map(({ revision, tables }) => {
    return { revision, tables: { ...tables, events: { ...tables.events, batches: batches(tables) } } };
  });
}
