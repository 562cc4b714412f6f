import fc from 'fast-check';
import { chooseBlockingRules } from '../../../core/identity/blocking/blocking-rules';
import { allPairs, candidatePairs } from '../../../core/identity/blocking/candidate-pairs';
import { declaredRules } from '../../../core/identity/blocking/declared-rules';
import { groupEqual } from '../../../core/identity/records/equal-groups';
import type { BlockingKey } from '../../../core/identity/records/record-table';
import { alone } from '../../../core/parallel/work';
import { field, tableOf } from './record-rows';

const fields = [field('given', 'name'), field('family', 'name', 'household'), field('phone', 'phone', 'household')];
const value = (...values: string[]) => fc.constantFrom(null, ...values);
const rows = fc.array(fc.tuple(value('anna', 'annika', 'otto'), value('lee', 'leeds', 'kim'), value('1', '2', '3')), {
  minLength: 2,
  maxLength: 30,
  size: 'max',
});
const files = fc.option(fc.infiniteStream(fc.nat(1)), { nil: undefined });

it('finds the pairs that agree on a rule, each once, and of two files those across', () => {
  fc.assert(
    fc.property(rows, files, (records, file) => {
      const flags = file === undefined ? undefined : Uint8Array.from(records, () => file.next().value as number);
      const table = tableOf(fields, records, flags);
      const rules = alone(chooseBlockingRules(table, 1000, 1));
      const found = alone(candidatePairs(table, rules));
      const expected: string[] = [];
      const everything = allPairs(table);
      for (let pair = 0; pair < everything.size; pair++) {
        const [a, b] = [everything.a[pair]!, everything.b[pair]!];
        const agrees = rules.some(({ keys }) => keys.every(({ values }) => values[a] !== 0 && values[a] === values[b]));
        if (agrees) expected.push(`${a} ${b}`);
      }
      const keys = Array.from({ length: found.size }, (_, pair) => `${found.a[pair]} ${found.b[pair]}`);
      expect(keys.sort()).toEqual(expected.sort());
    }),
    { numRuns: 300 },
  );
});

it('keeps to the budget of pairs, and never chooses a rule that another implies', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 200 }), (records, most) => {
      const rules = alone(chooseBlockingRules(tableOf(fields, records), most, 1));
      expect(rules.reduce((sum, { pairs }) => sum + pairs, 0)).toBeLessThanOrEqual(most);
      for (const rule of rules) {
        const implies = (key: BlockingKey, wide: BlockingKey) =>
          key === wide || (key.field === wide.field && !key.isCoarse);
        const implied = rules.some(
          (other) => other !== rule && other.keys.every((wide) => rule.keys.some((key) => implies(key, wide))),
        );
        expect(implied).toBe(false);
      }
    }),
  );
});

it('takes the rules of the settings, each with its pairs counted', () => {
  const table = tableOf(fields, [
    ['anna', 'lee', '1'],
    ['annika', 'lee', '1'],
    ['anna', 'kim', '1'],
    [null, 'lee', null],
  ]);
  const rules = declaredRules(table, [['family'], ['given (first 3 letters)', 'phone']], 3);
  expect(rules.map(({ name, pairs }) => [name, pairs])).toEqual([
    ['family', 3],
    ['given (first 3 letters) + phone', 3],
  ]);
  expect(alone(candidatePairs(table, rules)).size).toBe(5);
});

it('refuses a rule with too many pairs, and a key that there is not, by name', () => {
  const table = tableOf(
    fields,
    Array.from({ length: 5 }, () => ['anna', 'lee', '1']),
  );
  expect(() => declaredRules(table, [['phone'], ['family']], 9)).toThrow(
    'settings.blocking.0: "phone" would compare 10 pairs, and settings.maxPairs allows 9',
  );
  expect(() => declaredRules(table, [['phone', 'famly']], 99)).toThrow(
    'settings.blocking.0.1: there is no key "famly" (did you mean "family"?)',
  );
});

it('groups equal keys, each group in its order, and no key in none', () => {
  const key = fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(key, { size: 'large' }), (keys) => {
      const { count, places, starts } = groupEqual(Uint32Array.from(keys));
      const groups = Array.from({ length: count }, (_, group) => [
        ...places.subarray(starts[group], starts[group + 1]),
      ]);
      const expected = new Map<number, number[]>();
      keys.forEach((own, place) => {
        if (own !== 0) expected.set(own, [...(expected.get(own) ?? []), place]);
      });
      const byFirst = (a: number[], b: number[]) => a[0]! - b[0]!;
      expect(groups.sort(byFirst)).toEqual([...expected.values()].sort(byFirst));
    }),
  );
});
