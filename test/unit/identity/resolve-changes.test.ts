import fc from 'fast-check';
import { newRecords } from '../../../core/identity/comparison/kernel-comparer';
import { markKnownRarity } from '../../../core/identity/records/known-rarities';
import { linkWithModel } from '../../../core/identity/model/linkage-model';
import { gatherRecords, GONE, slotsOf, type RecordIndex } from '../../../core/identity/index/record-index';
import { resolveChanges } from '../../../core/identity/index/resolve-changes';
import { PackedIds } from '../../../core/journeys/customer-ids';
import { alone } from '../../../core/parallel/work';
import { dirtyPeople, peopleFields, trainedModel, type Row } from './dirty-people';
import { recordsOf } from './record-rows';

const model = trainedModel();

/** A record that arrives (in the place of the one with its id, if there is one), or the end of one. */
interface Event {
  readonly id: string;
  readonly row: Row | null;
}

/** Few values, so that everything is tied to everything loosely and much hangs in the balance. */
const people = dirtyPeople(4, 3);
const row = fc.tuple(
  ...peopleFields.map((_, index) => fc.constantFrom(null, ...people.map((person) => person[index]!))),
);
const anEvent = fc.record({
  id: fc.nat(25).map((number) => `r${number}`),
  row: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...people) },
    { weight: 2, arbitrary: row },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});
const batches = fc.array(fc.uniqueArray(anEvent, { minLength: 1, maxLength: 12, selector: ({ id }) => id }), {
  minLength: 1,
  maxLength: 8,
});

/** Every row that ever arrives in one table, in the order of arrival: the slots of an index. */
function emptyIndex(events: readonly Event[]): RecordIndex {
  const rows = events.flatMap((event) => (event.row === null ? [] : [event.row]));
  return {
    compared: rows.length === 0 ? newRecords(peopleFields, 0) : recordsOf(peopleFields, rows),
    slots: 0,
    ids: PackedIds.of([]),
    groups: new Uint32Array(0),
    customers: new Uint32Array(0),
    names: PackedIds.of([]),
    ruleKeys: [],
  };
}

function apply(index: RecordIndex, batch: readonly Event[]) {
  const gone = [
    ...slotsOf(
      index,
      batch.map(({ id }) => id),
    ).values(),
  ];
  const arrived = batch.filter((event) => event.row !== null).map(({ id }) => id);
  return resolveChanges(index, model, { arrived, gone });
}

/** All that are there linked by the model as they came, without an index. */
function linkedAnew(events: readonly Event[], slots: readonly number[]) {
  const whole = gatherRecords(emptyIndex(events).compared.table, slots);
  markKnownRarity(whole.table, model.rarities, 0, slots.length);
  return alone(linkWithModel(whole, model));
}

/** The slots of those that are there, by id. */
function living({ ids, groups, slots }: RecordIndex): number[] {
  return Array.from({ length: slots }, (_, slot) => slot)
    .filter((slot) => groups[slot] !== GONE)
    .sort((a, b) => Buffer.compare(ids.bytesOf(a), ids.bytesOf(b)));
}

/** Which records are together, whatever the name they have in common. */
function together(names: readonly unknown[]): number[] {
  return names.map((name) => names.indexOf(name));
}

it('gives what linking all records anew would give, in whatever order and portions they arrive, change and end', () => {
  let largest = 0;
  fc.assert(
    fc.property(batches, (portions) => {
      let index = emptyIndex(portions.flat());
      for (const portion of portions) {
        index = apply(index, portion).index;
        const slots = living(index);
        const whole = linkedAnew(portions.flat(), slots);
        expect(together(slots.map((slot) => index.customers[slot]))).toEqual(together([...whole.clusters]));
        expect(together(slots.map((slot) => index.groups[slot]))).toEqual(together([...whole.groups]));
        largest = Math.max(
          largest,
          ...whole.clusters.map((own) => whole.clusters.filter((other) => other === own).length),
        );
      }
    }),
    { numRuns: 300 },
  );
  expect(largest).toBeGreaterThan(3);
});

it('says of every record whose customer is another than before, and of no other', () => {
  fc.assert(
    fc.property(batches, (portions) => {
      let index = emptyIndex(portions.flat());
      const customers = new Map<string, string>();
      for (const portion of portions) {
        const resolved = apply(index, portion);
        index = resolved.index;
        for (const { id, row } of portion) if (row === null) customers.delete(id);
        for (const { id, customer, before } of resolved.moved) {
          expect(before).toBe(customers.get(id));
          customers.set(id, customer);
        }
        const found = living(index).map(
          (slot) => [index.ids.at(slot), index.names.at(index.customers[slot]!)] as const,
        );
        expect(new Map(found)).toEqual(customers);
      }
    }),
  );
});

it('never gives the name of a customer to another one, also not after its records have left', () => {
  const [anna, ...others] = dirtyPeople(30, 5);
  const index = emptyIndex([anna!, ...others].map((row, number) => ({ id: `r${number}`, row })));
  const first = apply(index, [{ id: 'r0', row: anna! }]);
  expect(first.moved).toEqual([{ id: 'r0', customer: 'r0' }]);
  const left = apply(first.index, [{ id: 'r0', row: null }]);
  const stranger = others.at(-1)!;
  const again = apply({ ...left.index }, [{ id: 'r0', row: stranger }]);
  expect(again.moved).toEqual([{ id: 'r0', customer: 'r0-2' }]);
});
