import type { Lake } from '../../ports/lake';

/** What every lake must do, whichever engine is behind it. */
export function lakeContract(name: string, open: () => Promise<{ lake: Lake; close(): Promise<void> }>): void {
  describe(`${name} as a lake`, () => {
    let lake: Lake;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ lake, close } = await open());
    });
    afterEach(() => close());

    const kpi = (id: string, value: number) =>
      `SELECT '${id.replaceAll("'", "''")}' AS kpi, DATE '2026-01-01' AS business_date, ${value} AS value, 'x' AS unit`;
    const append = (key: string, select: string) =>
      lake.commit({ key, writes: [{ table: 'kpis', mode: 'append', select }] });
    const ids = async (version?: number) =>
      (
        await lake.rows<{ kpi: string }>('SELECT kpi FROM kpis ORDER BY kpi', {
          ...(version === undefined ? {} : { version }),
        })
      ).map((row) => row.kpi);

    it('has every table, empty, before anything is written', async () => {
      expect(await lake.version()).toBe(0);
      expect(await lake.tableRevision('events')).toBe('');
      expect(await lake.rows('SELECT event_id, occurred_at FROM events')).toEqual([]);
    });

    it('makes a commit once by its key', async () => {
      const first = await append('one', kpi('a', 1));
      const again = await append('one', kpi('b', 2));
      expect(first).toEqual({ version: 1, fresh: true, rows: { kpis: 1 } });
      expect(again).toEqual({ version: 1, fresh: false, rows: {} });
      expect(await ids()).toEqual(['a']);
    });

    it('does not even compute what was committed before', async () => {
      await append('one', kpi('a', 1));
      async function* neverRead(): AsyncGenerator<never> {
        throw new Error('the input was read');
      }
      const inputs = { given: { columns: { kpi: 'VARCHAR' }, batches: neverRead() } };
      const again = await lake.commit({ key: 'one', inputs, writes: [] });
      expect(again.fresh).toBe(false);
    });

    it('replaces a table, keeps older versions readable, and says which tables changed', async () => {
      await append('one', kpi('a', 1));
      const revision = await lake.tableRevision('kpis');
      await lake.commit({ key: 'two', writes: [{ table: 'kpis', mode: 'replace', select: kpi('b', 2) }] });
      expect(await ids()).toEqual(['b']);
      expect(await ids(1)).toEqual(['a']);
      expect(await lake.tableVersion('kpis')).toBe(2);
      expect(await lake.tableVersion('events')).toBe(0);
      expect(await lake.tableRevision('kpis')).not.toBe(revision);
    });

    it('writes several tables, and several parts of one, or none of them', async () => {
      const broken = lake.commit({
        key: 'broken',
        writes: [
          { table: 'kpis', mode: 'append', select: kpi('a', 1) },
          {
            table: 'steps',
            mode: 'append',
            select: `SELECT ${lake.dialect.fail("'none of it'")} AS code, 'x' AS type`,
          },
        ],
      });
      await expect(broken).rejects.toMatchObject({
        code: 'LAKE_QUERY_FAILED',
        message: expect.stringMatching(/^[^\n]*none of it/),
      });
      expect(await lake.version()).toBe(0);
      await lake.commit({
        key: 'whole',
        writes: [
          { table: 'kpis', mode: 'replace', select: kpi('a', 1) },
          { table: 'kpis', mode: 'replace', select: kpi('b', 1) },
          { table: 'steps', mode: 'append', select: `SELECT 0 AS code, 'x' AS type` },
        ],
      });
      expect(await ids()).toEqual(['a', 'b']);
      expect(await lake.tableVersion('steps')).toBe(1);
    });

    it('reads what it prepared and what it was given', async () => {
      const values = Array.from({ length: 5_000 }, (_, index) => `k${String(index).padStart(4, '0')}`);
      await lake.commit({
        key: 'given',
        inputs: {
          given: { columns: { kpi: 'VARCHAR' }, batches: [{ rows: values.length, columns: { kpi: values } }] },
        },
        prepare: [
          { name: 'few', select: `SELECT kpi FROM given WHERE kpi < 'k2500'` },
          { name: 'fewer', select: `SELECT kpi FROM few WHERE kpi >= 'k2400'` },
        ],
        writes: [
          {
            table: 'kpis',
            mode: 'append',
            select: `SELECT kpi, DATE '2026-01-01' AS business_date, 1.5 AS value, NULL AS unit FROM fewer`,
          },
        ],
      });
      expect(await ids()).toEqual(values.slice(2400, 2500));
    });

    const many = (count: number) => {
      const values = Array.from({ length: count }, (_, index) => index);
      const given = { columns: { i: 'INTEGER' }, batches: [{ rows: count, columns: { i: values } }] };
      const select = `SELECT 'k' AS kpi, DATE '2026-01-01' AS business_date, i AS value, 'x' AS unit FROM given`;
      return lake.commit({ key: 'many', inputs: { given }, writes: [{ table: 'kpis', mode: 'append', select }] });
    };

    it('is read by a query whose own tables are made of themselves', async () => {
      await append('one', kpi('a', 1));
      const own = 'n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)';
      const sql = `WITH RECURSIVE ${own} SELECT count(*) AS n FROM n, kpis`;
      expect(await lake.rows(sql)).toEqual([{ n: 3n }]);
    });

    it('streams long answers in order, numbers as numbers', async () => {
      await many(10_000);
      const seen: number[] = [];
      for await (const { rows, columns } of lake.stream(
        'SELECT CAST(value AS INTEGER) AS i, value / 2 AS half FROM kpis ORDER BY value',
      )) {
        for (let row = 0; row < rows; row++) {
          expect(columns['half']![row]).toBe((columns['i']![row] as number) / 2);
          seen.push(columns['i']![row] as number);
        }
      }
      expect(seen).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    });

    it('keeps nulls and any text in a stream', async () => {
      const text = `o'clock "quoted" \\ ; 日本 😀 \n`;
      await append('text', kpi(text, 1));
      const batches = [];
      for await (const batch of lake.stream('SELECT kpi, CAST(NULL AS INTEGER) AS nothing FROM kpis'))
        batches.push(batch);
      expect(Array.from(batches[0]!.columns['kpi']!)).toEqual([text]);
      expect(Array.from(batches[0]!.columns['nothing']!)).toEqual([null]);
    });

    it('takes parameters as values, never as SQL', async () => {
      const hostile = `x' OR 1=1; DROP TABLE kpis; --`;
      await append('one', kpi('a', 1));
      expect(await lake.rows('SELECT $given AS given FROM kpis', { parameters: { given: hostile } })).toEqual([
        { given: hostile },
      ]);
    });

    it('lets many writers append at once without losing one', async () => {
      const names = Array.from({ length: 12 }, (_, index) => `w${String(index).padStart(2, '0')}`);
      await Promise.all(names.map((id) => append(id, kpi(id, 1))));
      expect(await ids()).toEqual(names);
      expect(await lake.version()).toBe(12);
    });

    it('refuses the later of two replacements that were computed from the same content', async () => {
      const replace = (key: string) =>
        lake.commit({
          key,
          writes: [{ table: 'kpis', mode: 'replace', select: `SELECT * FROM kpis UNION ALL ${kpi(key, 1)}` }],
        });
      const outcomes = await Promise.allSettled([replace('a'), replace('b')]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]!.reason).toMatchObject({ code: 'LAKE_CONFLICT', retryable: true });
      expect(await ids()).toHaveLength(1);
    });

    it('refuses the later of two commits of one series', async () => {
      const select = `SELECT 'n' || CAST(count(*) AS VARCHAR) AS kpi, DATE '2026-01-01' AS business_date, 0 AS value, '' AS unit FROM kpis`;
      const next = (key: string) =>
        lake.commit({ key, series: 's', writes: [{ table: 'kpis', mode: 'append', select }] });
      const outcomes = await Promise.allSettled([next('a'), next('b')]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await ids()).toEqual(['n0']);
    });

    it('refuses a commit of rows that come from a version since which its series went on', async () => {
      const version = await lake.version();
      const next = (key: string) =>
        lake.commit({ key, series: 's', version, writes: [{ table: 'kpis', mode: 'append', select: kpi(key, 1) }] });
      await next('a');
      await append('another', kpi('b', 1));
      await expect(next('c')).rejects.toMatchObject({ code: 'LAKE_CONFLICT', retryable: true });
      expect(await next('a')).toMatchObject({ fresh: false });
      expect(await ids()).toEqual(['a', 'b']);
    });

    it('stops a query when told to', async () => {
      await many(5_000);
      const abort = new AbortController();
      const sql = 'SELECT count(*) FROM kpis AS a, kpis AS b, kpis AS c WHERE a.value * b.value < sqrt(c.value)';
      const long = lake.rows(sql, { signal: abort.signal });
      setImmediate(() => abort.abort());
      await expect(long).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    it('says which SQL failed', async () => {
      await expect(lake.rows('SELECT nowhere FROM kpis')).rejects.toMatchObject({
        code: 'LAKE_QUERY_FAILED',
        message: expect.stringContaining('SELECT nowhere FROM kpis'),
      });
    });
  });
}
