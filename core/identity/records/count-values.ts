import { forEach, type Task, type Work } from '../../parallel/work';
import { groupEqual } from './equal-groups';
import { dropPlaceholders, namesOf, type Placeholder } from './placeholders';
import { equalityKey, type RecordTable } from './record-table';
import { markRarity, type ValueRarity } from './value-rarity';

/** What is known of the values of all fields. */
export interface CountedValues {
  readonly placeholders: readonly Placeholder[];
  /** By field. */
  readonly rarities: readonly ValueRarity[];
}

interface CountedField {
  readonly placeholders: readonly Placeholder[];
  readonly rarity: ValueRarity;
}

/** Counts every field's values: records lose those that stand for none, and learn of the others how rare they are. */
export function* countValues(table: RecordTable): Work<CountedValues> {
  // Of no field with names is a value taken away, so that fields are counted in any order.
  const names = namesOf(table);
  const counted = yield* forEach(
    countField,
    table.layout.map((_, field) => ({ table, field, names })),
  );
  return {
    placeholders: counted.flatMap((own) => own.placeholders),
    rarities: counted.map(({ rarity }) => rarity),
  };
}

export const countField: Task<{ table: RecordTable; field: number; names: Uint32Array | undefined }, CountedField> = {
  name: 'count the values of a field',
  run: ({ table, field, names }) => {
    const values = equalityKey(table, field);
    const groups = groupEqual(values);
    const placeholders = names === undefined ? [] : dropPlaceholders(table, field, groups, names);
    return { placeholders, rarity: markRarity(table, field, placeholders.length === 0 ? groups : groupEqual(values)) };
  },
};
