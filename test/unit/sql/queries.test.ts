import fc from 'fast-check';
import { bindParameters } from '../../../core/sql/bind-parameters';
import { literal } from '../../../core/sql/quote';
import { withTables } from '../../../core/sql/with-tables';
import { duckDbForTests } from '../../support/duckdb-connection';

const duckDb = duckDbForTests();
const rows = async (sql: string) => (await duckDb().runAndReadAll(sql)).getRowObjectsJS();

describe('parameters of a query', () => {
  it('are values, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const [row] = await rows(bindParameters('SELECT $given AS given, $given = $given AS same', { given: text }));
        expect(row).toEqual({ given: text, same: true });
      }),
    );
  });

  it.each([
    ['a text', `SELECT 'costs $given, it''s $given' AS t`, { given: 1 }, `SELECT 'costs $given, it''s $given' AS t`],
    ['a quoted name', 'SELECT 1 AS "$given"', { given: 1 }, 'SELECT 1 AS "$given"'],
    ['a comment', 'SELECT 1 -- $given\n/* $given */ + $given', { given: 2 }, 'SELECT 1 -- $given\n/* $given */ + 2'],
  ])('are none within %s', (_where, sql, parameters, bound) => {
    expect(bindParameters(sql, parameters)).toBe(bound);
  });

  it('are told by their types', () => {
    const sql = bindParameters('$a, $b, $c, $d, $e', { a: 1, b: 0.5, c: 12345678901234567890n, d: true, e: null });
    expect(sql).toBe('1, 5e-1, 12345678901234567890, true, NULL');
  });

  it('are refused without a value, by name', () => {
    expect(() => bindParameters('SELECT $a', { b: 1 })).toThrow(
      expect.objectContaining({ code: 'LAKE_QUERY_FAILED', message: expect.stringContaining('$a') }),
    );
  });
});

describe('tables of a query', () => {
  const tables = new Map([
    ['events', 'SELECT 1 AS id'],
    ['files', 'SELECT 2 AS id'],
  ]);

  it('are those that it mentions', () => {
    expect(withTables('SELECT * FROM events', tables)).toBe('WITH events AS (SELECT 1 AS id)\nSELECT * FROM events');
    expect(withTables('SELECT 1 AS no_events_here', tables)).toBe('SELECT 1 AS no_events_here');
  });

  it.each(['', '-- a comment\n', '/* WITH */ ', '\n  '])(
    'come before tables of its own, after "%s"',
    async (before) => {
      const sql = withTables(`${before}WITH own AS (SELECT id + 1 AS id FROM events) SELECT id FROM own`, tables);
      expect(await rows(sql)).toEqual([{ id: 2 }]);
    },
  );

  it.each(['WITH RECURSIVE', 'with /* deep */ recursive', 'WITH -- deep\n RECURSIVE'])(
    'come before tables of its own that are made of themselves: %s',
    async (begin) => {
      const own = `n (id) AS (SELECT id FROM events UNION ALL SELECT id + 1 FROM n WHERE id < 3)`;
      const sql = withTables(`${begin} ${own} SELECT id FROM n ORDER BY id`, tables);
      expect(await rows(sql)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    },
  );

  it.each([
    'WITH events AS (SELECT * FROM events) SELECT id FROM events',
    'WITH/**/own AS (SELECT 1), "Events" (id) AS (SELECT 2) SELECT id FROM events',
    "WITH own AS (SELECT ')' AS x, (SELECT 1) AS y), -- both\n EVENTS AS (SELECT 2 AS id) SELECT id FROM events",
    'WITH RECURSIVE a AS NOT MATERIALIZED (SELECT 1), events AS (SELECT 2 AS id) SELECT id FROM events',
  ])('are not hidden by one of its own, which is refused by name: %s', (sql) => {
    const named = { code: 'LAKE_QUERY_FAILED', message: expect.stringMatching(/"events".*another name\nin the query/) };
    expect(() => withTables(sql, tables)).toThrow(expect.objectContaining(named));
  });

  it.each([
    'WITH own AS (WITH events AS (SELECT 7 AS id) SELECT * FROM events) SELECT id FROM own',
    'WITH own AS (SELECT 7 AS id, 1 AS events) SELECT own.id, files.id AS f FROM own, files LIMIT 1',
  ])('may be called within a table of its own as one likes: %s', async (sql) => {
    expect(await rows(withTables(sql, tables))).toMatchObject([{ id: 7 }]);
  });

  it('are seen under the name that a text has, too, which harms nobody', async () => {
    const sql = withTables(`SELECT ${literal('files')} AS text, id FROM events`, tables);
    expect(await rows(sql)).toEqual([{ text: 'files', id: 1 }]);
  });
});
