import type { FieldKind } from '../../../schemas/linkage';

export interface FieldKindShape {
  /** Characters of a value that are compared letter by letter; equality is of the whole value. */
  readonly width: number;
  /** Names of coarser keys that values are blocked by, beside equality; their SQL is in `linkage-sql`. */
  readonly keys: readonly string[];
}

/** Values are read from SQL in pieces of so many bytes. */
export const PIECE_BYTES = 12;

/** What is kept of the values of each kind of field; how they are compared, `agreementLevels` says. */
export const fieldKinds: Readonly<Record<FieldKind, FieldKindShape>> = {
  name: { width: 24, keys: ['first 3 letters'] },
  fullname: { width: 36, keys: ['first word', 'last word', 'words in order', 'first 3 letters'] },
  date: { width: 12, keys: ['year and month', 'month and day'] },
  phone: { width: 12, keys: [] },
  email: { width: 36, keys: ['user'] },
  code: { width: 24, keys: [] },
  postcode: { width: 12, keys: ['without the last two'] },
  street: { width: 36, keys: [] },
  city: { width: 24, keys: [] },
  number: { width: 12, keys: [] },
  category: { width: 0, keys: [] },
  text: { width: 36, keys: ['first 3 letters'] },
};

/** Equal values, by their rarity as `value-rarity` numbers it. */
export const EXACT_LEVELS: readonly string[] = ['exact', 'exact, a rare value', 'exact, a common value'];

/** The first level of unequal values. Level 0 is a missing one, and from 1 on values are equal. */
export const INEXACT = 1 + EXACT_LEVELS.length;

/** No kind has more levels, so that each is three bits of a number, and tables by field and level are as wide. */
export const MOST_LEVELS = 8;
