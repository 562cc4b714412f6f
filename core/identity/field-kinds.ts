import type { FieldKind } from '../../schemas/linkage';

/** A level of agreement of two values; levels are numbered from 1, and 0 means that one of them is missing. */
export interface FieldKindShape {
  /** Levels from the best to none at all. */
  readonly levels: readonly string[];
  /** Characters of a value that are compared letter by letter; equality is of the whole value. */
  readonly width: number;
  /** Names of coarser keys that values are blocked by, beside equality; their SQL is in `linkage-sql`. */
  readonly keys: readonly string[];
}

/** Values are read from SQL in pieces of so many bytes. */
export const PIECE_BYTES = 12;

/** What each kind of field compares, in the order of `compareValues`. */
export const fieldKinds: Readonly<Record<FieldKind, FieldKindShape>> = {
  name: {
    levels: ['exact', 'Jaro-Winkler ≥ 0.92', 'Jaro-Winkler ≥ 0.85, or an initial', 'Jaro-Winkler ≥ 0.75', 'else'],
    width: 24,
    keys: ['first 3 letters'],
  },
  date: {
    levels: [
      'exact',
      'one typo, or day and month swapped',
      'year and month, or day and month, or two typos',
      'year',
      'else',
    ],
    width: 12,
    keys: ['year and month', 'month and day'],
  },
  phone: { levels: ['exact', 'one typo', 'else'], width: 12, keys: [] },
  email: { levels: ['exact', 'same user', 'one typo', 'two typos', 'else'], width: 36, keys: ['user'] },
  code: { levels: ['exact', 'one typo', 'two typos', 'else'], width: 24, keys: [] },
  postcode: { levels: ['exact', 'one typo', 'else'], width: 12, keys: [] },
  street: { levels: ['exact', 'Jaro-Winkler ≥ 0.92', 'Jaro-Winkler ≥ 0.8', 'else'], width: 36, keys: [] },
  city: { levels: ['exact', 'Jaro-Winkler ≥ 0.9', 'else'], width: 24, keys: [] },
  number: { levels: ['exact', 'one typo', 'else'], width: 12, keys: [] },
  category: { levels: ['exact', 'else'], width: 0, keys: [] },
  text: {
    levels: ['exact', 'Jaro-Winkler ≥ 0.92', 'Jaro-Winkler ≥ 0.8', 'else'],
    width: 36,
    keys: ['first 3 letters'],
  },
};

/** The numbers of levels that packing needs: those of the kind, and 0. */
export function levelCount(kind: FieldKind): number {
  return fieldKinds[kind].levels.length + 1;
}
