import type { FieldKind } from '../../../schemas/linkage';

export interface FieldKindShape {
  /** Levels of agreement of unequal values, from the best to none at all. */
  readonly inexact: readonly string[];
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
    inexact: ['Jaro-Winkler ≥ 0.92', 'Jaro-Winkler ≥ 0.85, or an initial', 'Jaro-Winkler ≥ 0.75', 'else'],
    width: 24,
    keys: ['first 3 letters'],
  },
  fullname: {
    inexact: ['words ≥ 0.94', 'words ≥ 0.87', 'words ≥ 0.78', 'else'],
    width: 36,
    keys: ['first word', 'last word', 'words in order', 'first 3 letters'],
  },
  date: {
    inexact: ['one typo, or day and month swapped', 'year and month, or day and month, or two typos', 'year', 'else'],
    width: 12,
    keys: ['year and month', 'month and day'],
  },
  phone: { inexact: ['one typo', 'else'], width: 12, keys: [] },
  email: { inexact: ['same user', 'one typo', 'two typos', 'else'], width: 36, keys: ['user'] },
  code: { inexact: ['one typo', 'two typos', 'else'], width: 24, keys: [] },
  postcode: { inexact: ['one typo', 'else'], width: 12, keys: ['without the last two'] },
  street: { inexact: ['Jaro-Winkler ≥ 0.92', 'Jaro-Winkler ≥ 0.8', 'else'], width: 36, keys: [] },
  city: { inexact: ['Jaro-Winkler ≥ 0.9', 'else'], width: 24, keys: [] },
  number: { inexact: ['one typo', 'else'], width: 12, keys: [] },
  category: { inexact: ['else'], width: 0, keys: [] },
  text: {
    inexact: ['words ≥ 0.92', 'words ≥ 0.8', 'else'],
    width: 36,
    keys: ['first 3 letters'],
  },
};

/** Equal values, by their rarity as `value-rarity` numbers it. */
const EXACT_LEVELS = ['exact', 'exact, a rare value', 'exact, a common value'];

/** The first level of unequal values. Level 0 is a missing one, and from 1 on values are equal. */
export const INEXACT = 1 + EXACT_LEVELS.length;

/** No kind has more levels, so that each is three bits of a number, and tables by field and level are as wide. */
export const MOST_LEVELS = 8;

/** Names of a kind's levels. */
export function levelNames(kind: FieldKind): string[] {
  return ['missing', ...EXACT_LEVELS, ...fieldKinds[kind].inexact];
}

/** How many levels a kind has, those of missing and of equal values counted. */
export function levelCount(kind: FieldKind): number {
  return INEXACT + fieldKinds[kind].inexact.length;
}
