import { knownRarities, markKnownRarity } from '../../../core/identity/records/known-rarities';
import { countValues } from '../../../core/identity/records/count-values';
import { alone } from '../../../core/parallel/work';
import { field, recordsOf, tableOf } from './record-rows';

const fields = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('born', 'date'),
  field('phone', 'phone'),
];

const letters = (number: number) =>
  String.fromCharCode(97 + (number % 26), 97 + ((number * 7) % 26), 97 + ((number * 3) % 25));
const born = (number: number) => `${1930 + (number % 80)}0${1 + (number % 9)}1${number % 9}`;
/** Different people; `phone` and `date` as they would be. */
const person = (number: number, phone: string | null = `1${10_000_000 + number}`, date = born(number)) => [
  letters(number),
  letters(number * 5 + 1),
  date,
  phone,
];
const people = (count: number, ...of: Parameters<typeof person> extends [number, ...infer Rest] ? Rest : never) =>
  Array.from({ length: count }, (_, number) => person(number, ...of));

it('takes from records what very many different people hold, and what it was found by', () => {
  const table = tableOf(fields, [...people(200), ...people(40, '000000000'), ...people(60, null, '19000101')]);
  const { placeholders: found } = alone(countValues(table));
  expect(found.map(({ field: own, text, records }) => [fields[own]!.column, text, records])).toEqual([
    ['born', '19000101', 60],
    ['phone', '000000000', 40],
  ]);
  const phones = table.keys.find(({ name }) => name === 'phone')!.values;
  expect(phones[199]).not.toBe(0);
  expect(phones[200]).toBe(0);
  expect(table.codes[(200 * table.stride) / 4 + 3]).toBe(0);
  for (const { values } of table.keys.filter((key) => key.field === 2)) expect(values[240]).toBe(0);
});

it.each([
  ['one person writes again and again', [...people(200), ...Array.from({ length: 60 }, () => person(7, '555555555'))]],
  ['a few share', [...people(200), ...people(15, '000000000')]],
  [
    'are usual where all are shared',
    people(400).map((row, index) => [row[0]!, row[1]!, `198${index % 10}0101`, row[3]!]),
  ],
])('leaves values that %s', (_, rows) => {
  expect(alone(countValues(tableOf(fields, rows))).placeholders).toEqual([]);
});

it('leaves all where no names tell people apart', () => {
  const nameless = [field('phone', 'phone')];
  const rows = Array.from({ length: 50 }, () => ['000000000']);
  expect(alone(countValues(tableOf(nameless, rows))).placeholders).toEqual([]);
});

it('keeps them in a model: of new records they are taken, too', () => {
  const rows = [...people(200), ...people(40, '000000000')];
  const { table } = recordsOf(fields, rows);
  const { placeholders } = alone(countValues(table));
  const known = knownRarities(table, placeholders);
  // The numbers of values in tests depend on what comes before them.
  const { table: later } = recordsOf(fields, rows);
  markKnownRarity(later, known, 0, later.records);
  expect([...later.codes]).toEqual([...table.codes]);
  later.keys.forEach(({ values }, key) => expect([...values]).toEqual([...table.keys[key]!.values]));
});
