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

/** Counts every field's values: records lose those that stand for none, and learn of the others how rare they are. */
export function countValues(table: RecordTable): CountedValues {
  const names = namesOf(table);
  const placeholders: Placeholder[] = [];
  const rarities = table.layout.map((_, field) => {
    const values = equalityKey(table, field);
    const groups = groupEqual(values);
    const found = names === undefined ? [] : dropPlaceholders(table, field, groups, names);
    placeholders.push(...found);
    return markRarity(table, field, found.length === 0 ? groups : groupEqual(values));
  });
  return { placeholders, rarities };
}
