import { DuckDBInstance } from '@duckdb/node-api';
import { writeRecords } from '../../adapters/local/identity/few-records';
import { readRecords } from '../../adapters/local/identity/read-records';
import { newRecords } from '../../core/identity/comparison/kernel-comparer';
import { recordsSql } from '../../core/identity/records/linkage-sql';
import { Nicknames } from '../../core/identity/records/nicknames';
import { knownRarities, markKnownRarity } from '../../core/identity/records/known-rarities';
import { randomNumbers } from '../../core/statistics/random-numbers';
import { trainModel } from '../../core/identity/model/train-model';
import { identifier, literal } from '../../core/sql/quote';
import { alone } from '../../core/parallel/work';
import { linkageSettings } from '../../schemas/linkage';
import { field } from '../unit/identity/record-rows';

const fields = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('whole', 'fullname'),
  field('born', 'date'),
  field('phone', 'phone', 'household'),
  field('mail', 'email'),
  field('street', 'street', 'place'),
  field('zip', 'postcode', 'place'),
  field('town', 'city', 'place'),
  field('number', 'number', 'place'),
  field('sex', 'category', 'place'),
  field('device', 'code'),
  field('note', 'text'),
];

const settings = linkageSettings.parse({ fields, country: 'DE' });

const nicknames = new Nicknames();

const VALUES: readonly (readonly (string | null)[])[] = [
  [
    'Ann',
    ' ANN',
    'Ánn',
    'Annika',
    'Bo',
    'Bob',
    'Robert',
    'Jürgen',
    'Juergen',
    '李',
    'O’Neil',
    'x'.repeat(300),
    '',
    null,
  ],
  ['Lee', 'Leé', 'von der Leyen', "O'Neil", 'ß', 'Strauß', 'unknown', null],
  ['Ann Lee', 'Lee, Ann', 'Jürgen von der Leyen', 'Somebody Else', null],
  ['1980-01-02', '02.01.1980', '2/1/1980', '12/31/1980', '19800102', '1980-13-99', '1900-01-01', 'soon', null],
  [
    '+49 171 2345678',
    '0171/2345678',
    '0049171 2345678 ext. 5',
    '+43 (0)664 1234567',
    '(0171) 234-5678',
    '0000000',
    '1',
    null,
  ],
  ['Ann.Lee+shop@x.com', 'ann.lee@x.com', 'test@test.com', 'ann@', '😀@x.com', null],
  ['12 Main Street', '12 main st.', 'Hauptstraße 5', 'Rd', null],
  ['53113', '53 113', 'SW1A-1AA', null],
  ['Bonn', 'Köln', "L'Aquila", null],
  ['12', '12 a', null],
  ['f', 'M', null],
  ['d00-12', 'D0012', 'none', null],
  ['some words', 'Some  words!', 'nothing\tin common', null],
];

const random = randomNumbers(5);
const rows = Array.from({ length: 400 }, () =>
  VALUES.map((values) => values[Math.floor(random() * values.length)] ?? null),
);

it('makes the same of a record alone as of one in a file: so that pairs weigh the same, bit by bit', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `CREATE TABLE people (${fields.map(({ column }) => `${identifier(column)} VARCHAR`).join(', ')})`,
  );
  const tuples = rows.map((row) => `(${row.map((value) => (value === null ? 'NULL' : literal(value))).join(', ')})`);
  await connection.run(`INSERT INTO people VALUES ${tuples.join(', ')}`);
  const relation = { from: 'people', records: rows.length, ofFirstFile: rows.length };
  const file = await readRecords(connection, relation, settings);
  const few = newRecords(fields, rows.length);
  const result = await connection.stream(recordsSql('people', settings));
  let first = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    writeRecords(few.table, chunk, first, nicknames);
    first += chunk.rowCount;
  }
  connection.closeSync();
  expect(first).toBe(rows.length);
  expect(Buffer.compare(few.table.bytes, file.table.bytes)).toBe(0);
  expect(few.table.keys).toEqual(file.table.keys);

  const { model } = alone(trainModel(file, settings, () => undefined)).linkage;
  markKnownRarity(few.table, knownRarities(file.table), 0, rows.length);
  const record = () => Math.floor(random() * rows.length);
  const [a, b] = [Uint32Array.from({ length: 10_000 }, record), Uint32Array.from({ length: 10_000 }, record)];
  const weights = ({ comparer }: typeof file) =>
    Float64Array.from(comparer.compare(a, b), (packed) => model.weight(comparer.packing.unpack(packed)));
  expect(weights(few)).toEqual(weights(file));
  expect(new Set(weights(file)).size).toBeGreaterThan(2_000);
});
