import fc from 'fast-check';
import { chooseBlockingRules } from '../../../core/identity/blocking-rules';
import { allPairs, candidatePairs } from '../../../core/identity/candidate-pairs';
import { sortedOrder } from '../../../core/identity/sorted-order';
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
      const rules = chooseBlockingRules(table, 1000, 1);
      const found = candidatePairs(table, rules);
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
      const rules = chooseBlockingRules(tableOf(fields, records), most, 1);
      expect(rules.reduce((sum, { pairs }) => sum + pairs, 0)).toBeLessThanOrEqual(most);
      for (const rule of rules) {
        const implied = rules.some((other) => other !== rule && other.keys.every((key) => rule.keys.includes(key)));
        expect(implied).toBe(false);
      }
    }),
  );
});

it('sorts keys of 32 bits, equal ones in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 2 ** 32 - 1 }))), (keys) => {
      const expected = keys.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]! || a - b);
      expect([...sortedOrder(Uint32Array.from(keys))]).toEqual(expected);
    }),
  );
});
