import fc from 'fast-check';
import { DeterministicResolver, deterministicRules } from '../../../core/identity/index/deterministic-resolver';
import { markKnownRarity } from '../../../core/identity/records/known-rarities';
import { ProfileResolver } from '../../../core/identity/index/profile-resolver';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import { resolveChanges } from '../../../core/identity/index/resolve-changes';
import { SlotLookup } from '../../../core/identity/index/slot-lookup';
import { PackedIds } from '../../../core/journeys/customer-ids';
import { linkageSettings } from '../../../schemas/linkage';
import { dirtyPeople, peopleFields, trainedModel, type Row } from './dirty-people';
import { field, recordsOf } from './record-rows';

const model = trainedModel();

/** An index of all rows but the last, which is in the slot behind it. */
function indexOf(rows: readonly Row[], fields = peopleFields): RecordIndex {
  const empty: RecordIndex = {
    compared: recordsOf(fields, rows),
    slots: 0,
    ids: PackedIds.of([]),
    groups: new Uint32Array(0),
    customers: new Uint32Array(0),
    names: PackedIds.of([]),
    ruleKeys: [],
  };
  const arrived = rows.slice(0, -1).map((_, number) => `r${number}`);
  return fields === peopleFields ? resolveChanges(empty, model, { arrived, gone: [] }).index : known(empty, arrived);
}

/** Every record a customer of its own. */
function known(empty: RecordIndex, ids: readonly string[]): RecordIndex {
  const numbers = Uint32Array.from(ids.keys());
  const names = PackedIds.of(ids);
  return { ...empty, slots: ids.length, ids: names, names, groups: numbers, customers: numbers };
}

const people = dirtyPeople(6, 3);
const row = fc.oneof(
  fc.constantFrom(...people),
  fc.tuple(...peopleFields.map((_, index) => fc.constantFrom(null, ...people.map((person) => person[index]!)))),
);

it('gives a profile the customer of most of the records that it would be put together with as a new record', () => {
  let resolved = 0;
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 40, size: 'max' }), (rows) => {
      const index = indexOf(rows);
      const slot = index.slots;
      markKnownRarity(index.compared.table, model.rarities, slot, slot + 1);
      const { customerId, evidence } = new ProfileResolver(index, model).resolve(slot);
      // The last in the order of ids, as a profile without an id is.
      const { customers } = resolveChanges(index, model, { arrived: ['~'], gone: [] }).index;
      const before = Array.from(index.customers, (customer) => index.names.at(customer));
      const mates = before.filter((_, other) => customers[other] === customers[slot]);
      const times = (customer: string) => mates.filter((own) => own === customer).length;
      if (mates.length === 0) expect(customerId).toBeNull();
      else expect(times(customerId!)).toBe(Math.max(...mates.map(times)));
      if (customerId === null) return;
      resolved++;
      expect(new Set(evidence.map((one) => one.customerId))).toEqual(new Set([customerId]));
    }),
    { numRuns: 400 },
  );
  expect(resolved).toBeGreaterThan(50);
});

it('looks at no more than the likeliest of very many that are held together', () => {
  const someone = people.find((person) => !person.includes(null))!;
  const copies = Array.from({ length: 200 }, () => someone);
  const index = indexOf([...copies, someone]);
  markKnownRarity(index.compared.table, model.rarities, 200, 201);
  expect(new ProfileResolver(index, model).resolve(200)).toMatchObject({ customerId: 'r0' });
});

it('shows who comes closest to a profile of nobody, and what speaks for and against it', () => {
  const someone = people[0]!.map((value, index) => value ?? people[1]![index] ?? 'x');
  const [given, family, born, phone, street] = someone as [string, string, string, string, string];
  const other = ['zzz', family, '19000101', phone, street];
  const index = indexOf([[given, family, born, phone, street], other]);
  markKnownRarity(index.compared.table, model.rarities, 1, 2);
  const { customerId, probability, evidence } = new ProfileResolver(index, model).resolve(1);
  expect({ customerId, probability }).toEqual({ customerId: null, probability: null });
  const [closest] = evidence;
  expect(closest).toMatchObject({ recordId: 'r0', customerId: 'r0' });
  expect(closest!.probability).toBeLessThan(0.5);
  const weights = new Map(closest!.comparisons.map(({ field, weight }) => [field, weight]));
  expect(weights.get('born')).toBeLessThan(0);
  expect(weights.get('phone')).toBeGreaterThan(0);
});

describe('deterministic rules', () => {
  const fields = [field('name', 'name'), field('born', 'date'), field('mail', 'email')];
  const find = (rows: readonly Row[], deterministic?: { name: string; match: string[]; maxRecords?: number }[]) => {
    const index = indexOf(rows, fields);
    return new DeterministicResolver(index, linkageSettings.parse({ fields, deterministic })).find(index.slots);
  };

  it('are made from what is one person’s alone, where none are given', () => {
    const rules = deterministicRules(linkageSettings.parse({ fields }));
    expect(rules.map(({ match }) => match)).toEqual([['mail'], ['name', 'born']]);
  });

  it('find records that are equal in all they name, the first rule that finds any', () => {
    const rows = [
      ['ann', '1', 'a@x'],
      ['ann', '1', 'b@x'],
      ['bo', '1', 'c@x'],
    ];
    expect(find([...rows, ['ann', '1', 'c@x']])).toEqual({ rule: 'mail', slots: [2] });
    expect(find([...rows, ['ann', '1', null]])).toEqual({ rule: 'name + born', slots: [0, 1] });
    expect(find([...rows, ['ann', '2', 'z@x']])).toBeUndefined();
    expect(find([...rows, [null, null, null]])).toBeUndefined();
  });

  it('pass over values that too many records have', () => {
    const rule = { name: 'mail', match: ['mail'], maxRecords: 1 };
    expect(
      find(
        [
          ['ann', '1', 'a@x'],
          ['bo', '2', 'a@x'],
          ['ann', '1', 'a@x'],
        ],
        [rule],
      ),
    ).toBeUndefined();
    expect(
      find(
        [
          ['ann', '1', 'a@x'],
          ['bo', '2', 'b@x'],
          ['ann', '1', 'a@x'],
        ],
        [rule],
      ),
    ).toBeDefined();
  });
});

it('looks up the slots that have a key, and none for no key', () => {
  const key = fc.oneof(fc.nat(4), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(key), key, (keys, wanted) => {
      const expected = [...keys.keys()].filter((slot) => keys[slot] === wanted && wanted !== 0);
      expect(new SlotLookup(Uint32Array.from(keys)).find(wanted)).toEqual(expected);
    }),
  );
});
