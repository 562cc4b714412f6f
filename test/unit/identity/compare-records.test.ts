import fc from 'fast-check';
import { loadKernel } from '../../../adapters/local/kernels';
import { compareRecords } from '../../../core/identity/comparison/compare-records';
import { levelNames } from '../../../core/identity/comparison/agreement-levels';
import { fieldKinds, INEXACT, MOST_LEVELS } from '../../../core/identity/records/field-kinds';
import { countValues } from '../../../core/identity/records/count-values';
import { alone } from '../../../core/parallel/work';
import type { FieldKind } from '../../../schemas/linkage';
import { field, recordsOf, tableOf } from './record-rows';

function levelOf(kind: FieldKind, a: string | null, b: string | null): string {
  const levels = new Uint8Array(1);
  const nicknames = ['robert bob rob', 'alexander alex', 'alexandra alex'];
  compareRecords(recordsOf([field('x', kind)], [[a], [b]], { nicknames }).table, 0, 1, levels);
  return levelNames({ kind })[levels[0]!] as string;
}

it.each<[FieldKind, string | null, string | null, string]>([
  ['name', 'anna', 'anna', 'exact'],
  ['name', 'anna', null, 'missing'],
  ['name', 'katherine', 'katharine', 'Jaro-Winkler ≥ 0.92'],
  ['name', 'a', 'anna', 'Jaro-Winkler ≥ 0.8, or an initial'],
  ['name', 'robert', 'bob', 'nickname, or given and family name swapped'],
  ['name', 'rob', 'bob', 'nickname, or given and family name swapped'],
  ['name', 'alex', 'alexandra', 'nickname, or given and family name swapped'],
  ['name', 'alexander', 'alexandra', 'Jaro-Winkler ≥ 0.92'],
  ['name', 'maria', 'marla', 'Jaro-Winkler ≥ 0.8, or an initial'],
  ['name', 'b', 'anna', 'else'],
  ['name', 'anna', 'otto', 'else'],
  ['date', '19800203', '19800203', 'exact'],
  ['date', '19800203', '19800302', 'one typo, or day and month swapped'],
  ['date', '19801231', '19803112', 'one typo, or day and month swapped'],
  ['date', '19800203', '19800228', 'year and month, or day and month, or two typos'],
  ['date', '19800203', '19950203', 'year and month, or day and month, or two typos'],
  ['date', '19800203', '19801117', 'year'],
  ['date', '19800203', '19911117', 'else'],
  ['phone', '1715550123', '1715550132', 'one typo'],
  ['phone', '1715550123', '1715559999', 'else'],
  ['email', 'ann@x.org', 'ann@y.com', 'same user'],
  ['email', 'ann@x.org', 'anne@x.org', 'one typo'],
  ['email', 'ann.lee@x.org', 'bob@x.org', 'else'],
  ['code', 'a1234', 'a1243', 'one typo'],
  ['code', 'a1234', 'b1243', 'two typos'],
  ['fullname', 'anna maria lee', 'lee anna maria', 'words ≥ 0.94'],
  ['fullname', 'anna m lee', 'anna maria lee', 'words ≥ 0.94'],
  ['fullname', 'anna lee', 'anna maria lee', 'words ≥ 0.87'],
  ['fullname', 'otto kim', 'anna maria lee', 'else'],
  ['text', 'red blue', 'blue red', 'words ≥ 0.92'],
  ['street', '12 maple st', '12 maple st apt 4', 'Jaro-Winkler ≥ 0.92'],
  ['category', 'nsw', 'qld', 'else'],
])('%s: %s and %s are %s', (kind, a, b, expected) => {
  expect(levelOf(kind, a, b)).toBe(expected);
  expect(levelOf(kind, b, a)).toBe(expected);
});

it.each(Object.keys(fieldKinds) as FieldKind[])('packs every level of %s', (kind) => {
  expect(levelNames({ kind }).length).toBeLessThanOrEqual(MOST_LEVELS);
});

it.each<[FieldKind, string, string, string]>([
  ['name', 'anna', 'anan', 'one typo'],
  ['name', 'katherine', 'kahterina', 'two typos, or an initial'],
  ['name', 'a', 'anna', 'two typos, or an initial'],
  ['name', 'lee', 'kim', 'else'],
  ['name', 'anna', 'elna', 'else'],
  ['name', 'al', 'el', 'else'],
  ['fullname', 'anna lee', 'anna le', 'one typo'],
  ['street', '12 maple st', '12 mapel str', 'two typos'],
  ['city', 'berlin', 'hamburg', 'else'],
  ['phone', '1715550123', '1715550132', 'one typo'],
  ['date', '19800203', '19800302', 'one typo, or day and month swapped'],
])('%s by Levenshtein: %s and %s are %s', (kind, a, b, expected) => {
  const own = { ...field('x', kind), comparison: 'levenshtein' as const };
  const levels = new Uint8Array(1);
  compareRecords(tableOf([own], [[a], [b]]), 0, 1, levels);
  expect(levelNames(own)[levels[0]!]).toBe(expected);
});

it('takes swapped given and family names for what a nickname is, in both', () => {
  const fields = [field('given', 'name'), field('family', 'name', 'household')];
  const levels = new Uint8Array(2);
  compareRecords(
    tableOf(fields, [
      ['otto', 'lee'],
      ['lee', 'otto'],
    ]),
    0,
    1,
    levels,
  );
  expect([...levels]).toEqual([INEXACT, INEXACT]);
  compareRecords(
    tableOf(fields, [
      ['otto', 'lee'],
      ['lee', 'anna'],
    ]),
    0,
    1,
    levels,
  );
  expect([...levels]).toEqual([INEXACT + 3, INEXACT + 3]);
});

it('tells equal values apart by how rare they are', () => {
  const fields = [field('name', 'name')];
  const copies = (count: number, names: number, name: string) =>
    Array.from({ length: count * names }, (_, index) => [`${name}${index % names}`]);
  const rows = [...copies(30, 1, 'lee'), ...copies(10, 10, 'kim'), ...copies(2, 20, 'zoe')];
  const table = tableOf(fields, [...rows, [null], [null]]);
  const [rarity] = alone(countValues(table)).rarities;
  const levels = new Uint8Array(1);
  const level = (a: number, b: number) => {
    compareRecords(table, a, b, levels);
    return levelNames({ kind: 'name' })[levels[0]!];
  };
  expect([level(0, 1), level(30, 40), level(130, 150), level(0, 170)]).toEqual([
    'exact, a common value',
    'exact',
    'exact, a rare value',
    'missing',
  ]);
  const pairs = (170 * 169) / 2;
  expect([...rarity!.chance].map((share) => Math.round(share * pairs))).toEqual([450, 20, 435]);
  expect([...rarity!.shares].map((share) => Math.round(share * 170))).toEqual([100, 40, 30]);
});

/** Two neighbours changing places, a letter more, a letter less, another letter. */
const edit = fc
  .tuple(fc.nat(9), fc.constantFrom('a', 'e'), fc.nat(3))
  .map(([place, letter, kind]) => (text: string) => {
    const [before, here, next, after] = [
      text.slice(0, place),
      text.slice(place, place + 1),
      text.slice(place + 1, place + 2),
      text.slice(place + 2),
    ];
    if (kind === 0) return before + next + here + after;
    return before + (kind === 1 ? letter + here : kind === 2 ? '' : letter) + next + after;
  });

it('compares alike in the kernel', () => {
  const kernel = loadKernel('identity');
  expect(kernel).toBeDefined();
  const kinds = Object.keys(fieldKinds) as FieldKind[];
  const fields = [
    ...kinds.map((kind) => field(kind, kind)),
    field('family', 'name', 'household'),
    { ...field('alias', 'name'), comparison: 'levenshtein' as const },
    { ...field('remark', 'text'), comparison: 'levenshtein' as const },
  ];
  const nicknames = ['a b', 'a ab aa', '1 a 2 ba', 'aab b 1'];
  // Few letters, so that texts are alike; digits for dates; an @ now and then.
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', '@', 'é', ' '), minLength: 1, maxLength: 12 });
  const date = fc
    .tuple(fc.constantFrom('1980', '1981'), fc.constantFrom('0102', '0201', '0103', '1224'))
    .map(([y, d]) => y + d);
  const value = fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 6, arbitrary: text },
    { weight: 2, arbitrary: date },
  );
  const rows = fc.array(fc.tuple(...fields.map(() => value)), { minLength: 2, maxLength: 6 });
  // The same value with a few edits each.
  const edited = fc
    .tuple(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 3, maxLength: 10 }),
      fc.array(edit, { maxLength: 3 }),
    )
    .map(([text, edits]) => [text, edits.reduce((own, change) => change(own), text)])
    .map((texts) => texts.map((own) => fields.map(() => own)));
  fc.assert(
    fc.property(fc.oneof(rows, edited), (values) => {
      const [plain, fast] = [
        recordsOf(fields, values, { nicknames }),
        recordsOf(fields, values, { nicknames, kernel }),
      ];
      const a = Uint32Array.from(values.flatMap((_, one) => values.map(() => one)));
      const b = Uint32Array.from(values.flatMap(() => values.map((_, other) => other)));
      for (const { table } of [plain, fast]) alone(countValues(table));
      const levels = (compared: typeof plain) =>
        Array.from(compared.comparer.compare(a, b), (packed) => compared.comparer.packing.unpack(packed));
      expect(levels(fast)).toEqual(levels(plain));
    }),
    { numRuns: 1_000 },
  );
});
