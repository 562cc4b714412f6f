import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { readRecords } from '../../adapters/local/identity/read-records';
import { trainModel } from '../../core/identity/model/train-model';
import { probabilityOf, type MatchModel } from '../../core/identity/model/match-model';
import type { ComparableRecords } from '../../core/identity/comparison/kernel-comparer';
import { patternColumns, patternRows } from '../../core/identity/model/weight-sql';
import { levelsSql } from '../../core/identity/sql/levels-sql';
import { scoredColumns, scoredRow } from '../../core/identity/sql/scored-records';
import { scoringSql } from '../../core/identity/sql/scoring-sql';
import { identifier, literal } from '../../core/sql/quote';
import { randomNumbers } from '../../core/statistics/random-numbers';
import { alone } from '../../core/parallel/work';
import { linkageSettings, type LinkageField } from '../../schemas/linkage';
import { ENGINE_START_MS } from '../support/engines';
import { propertyRuns } from '../support/property-runs';
import { sqlEngines, type SqlEngine } from '../support/sql-engines';
import { recordsOf } from '../unit/identity/record-rows';
import { editedFields, everyField, unicodePeople } from '../unit/identity/unicode-people';

const PEOPLE = 600;
const PAIRS = 10_000;
/** Inserts stay below what an engine takes. */
const AT_ONCE = 500;

interface Trained {
  readonly compared: ComparableRecords;
  readonly model: MatchModel;
}

const models = new Map<readonly LinkageField[], Promise<Trained>>();

/** People as they are read from a file, and a model that is learned from them, once for all engines. */
function trained(fields: readonly LinkageField[]): Promise<Trained> {
  const known = models.get(fields) ?? train(fields);
  models.set(fields, known);
  return known;
}

async function train(fields: readonly LinkageField[]): Promise<Trained> {
  const people = unicodePeople(PEOPLE, 3);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const rows = people.map((row) => `(${row.map((value) => (value === null ? 'NULL' : literal(value))).join(', ')})`);
  const columns = fields.map(({ column }) => identifier(column)).join(', ');
  await connection.run(`CREATE TABLE people AS SELECT * FROM (VALUES ${rows.join(', ')}) AS person (${columns})`);
  const relation = { from: 'people', records: people.length, ofFirstFile: people.length };
  const compared = await readRecords(connection, relation, { fields: [...fields] });
  connection.closeSync();
  instance.closeSync();
  const settings = linkageSettings.parse({ fields });
  return { compared, model: alone(trainModel(compared, settings, () => undefined)).linkage.model };
}

/** Half of them neighbours, so of one person often, half at random. */
function somePairs(records: number): [Uint32Array, Uint32Array] {
  const random = randomNumbers(9);
  const a = Uint32Array.from({ length: PAIRS }, () => Math.floor(random() * (records - 3)));
  const other = (record: number, pair: number) =>
    pair % 2 === 0 ? record + 1 + Math.floor(random() * 2) : Math.floor(random() * records);
  return [a, a.map(other)];
}

describe.each(sqlEngines)('pairs of records scored in SQL on $name', ({ dialect, start }) => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  async function hold(name: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[]) {
    const typeOf = (column: string) => (/^(bytes|pairs|nicknames)_/.test(column) ? 'VARCHAR(80)' : 'BIGINT');
    const typed = columns.map((column) => `CAST(${column} AS ${typeOf(column)}) AS ${column}`);
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const into = from === 0 ? `CREATE TABLE ${name} AS` : `INSERT INTO ${name}`;
      const known = dialect.constants(columns, rows.slice(from, from + AT_ONCE));
      await engine!.rows(`${into} SELECT ${typed.join(', ')} FROM (${known}) AS known`);
    }
  }

  const variants = [
    { by: 'Levenshtein', fields: editedFields },
    ...(dialect.similarity === undefined ? [] : [{ by: 'Jaro-Winkler and words', fields: everyField }]),
  ];

  it.each(variants)(
    'weigh what the model server says, to 1e-9: $by',
    async ({ by, fields }) => {
      const { compared, model } = await trained(fields);
      const { table, comparer } = compared;
      const [a, b] = somePairs(table.records);
      const tables = { records: `records_${by.length}`, pairs: `pairs_${by.length}` };
      await hold(
        tables.records,
        ['id', ...scoredColumns(table)],
        Array.from({ length: table.records }, (_, record) => [record, ...scoredRow(table, record)]),
      );
      await hold(
        tables.pairs,
        ['a', 'b'],
        Array.from(a, (record, pair) => [record, b[pair]!]),
      );
      const patterns = `patterns_${by.length}`;
      await hold(patterns, patternColumns(model), patternRows(model));
      const sql = scoringSql(model, { ...tables, patterns }, dialect);
      const rows = await engine!.rows(sql);
      expect(rows).toHaveLength(PAIRS);
      const own = (row: Record<string, unknown>) =>
        comparer.compare(Uint32Array.of(Number(row.a)), Uint32Array.of(Number(row.b)))[0]!;
      const wrong = rows.filter((row) => Number(row.vector) !== own(row));
      expect(wrong.slice(0, 3)).toEqual([]);
      const weights = rows.map((row) => model.weight(comparer.packing.unpack(own(row))));
      const differences = rows.map((row, index) =>
        Math.max(
          Math.abs(Number(row.weight) - weights[index]!),
          Math.abs(Number(row.probability) - probabilityOf(weights[index]!)),
        ),
      );
      expect(Math.max(...differences)).toBeLessThan(1e-9);
      expect(new Set(rows.map(({ vector }) => String(vector))).size).toBeGreaterThan(1000);
    },
    ENGINE_START_MS,
  );
});

/** Few letters, so that texts are alike; dates; and an @ now and then. */
const value = fc.option(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '1', '@', 'é', ' '), minLength: 1, maxLength: 12 }),
    fc
      .tuple(fc.constantFrom('1980', '1981'), fc.constantFrom('0102', '0201', '0103', '1224'))
      .map((parts) => parts.join('')),
  ),
);

describe('levels of agreement in SQL', () => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await sqlEngines[0]!.start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  it.each([{ fields: everyField }, { fields: editedFields }])(
    'are those of the comparer for any values',
    async ({ fields }) => {
      const { dialect } = sqlEngines[0]!;
      const row = fc.tuple(...fields.map(() => value));
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 8, maxLength: 12 }), async (rows) => {
          const { table, comparer } = recordsOf(fields, rows, { nicknames: ['a b', 'a aa b1', '1 b ba'] });
          const records = rows.map((_, record) => [record, ...scoredRow(table, record)]);
          const pairs = rows.flatMap((_, a) => rows.map((_, b) => [a, b]));
          const relations = {
            records: `(${dialect.constants(['id', ...scoredColumns(table)], records)})`,
            pairs: `(${dialect.constants(['a', 'b'], pairs)})`,
          };
          const found = await engine!.rows(`${levelsSql(fields, relations, dialect)} ORDER BY a, b`);
          const levels = pairs.map(([a, b]) => [
            ...comparer.packing.unpack(comparer.compare(Uint32Array.of(a!), Uint32Array.of(b!))[0]!),
          ]);
          expect(found.map((own) => fields.map((_, field) => Number(own[`level_${field}`])))).toEqual(levels);
        }),
        { ...propertyRuns(25), endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );
});
