import type { LinkageField } from '../../../schemas/linkage';

/** Why two records have something in common. */
export const pairClasses = ['match', 'moved', 'household', 'neighbours', 'namesakes', 'local'] as const;
export type PairClass = (typeof pairClasses)[number];

/** What of a field's levels a class learns; of the rest it has no more than chance would. */
export type Learned = 'all' | 'inexact' | 'none';

export interface PairClassShape {
  readonly isMatch: boolean;
  /** Of the records, how many pairs of it there are before any is seen. */
  readonly firstShare: number;
  learns(field: LinkageField): Learned;
  /** A field without which the class would be another one once more. */
  needs?(field: LinkageField): boolean;
}

/**
 * The classes a pair with something in common may be of. Matches are one person; all others are told from them by what
 * only one person has: their personal fields agree as by chance.
 */
export const pairClassShapes: Readonly<Record<PairClass, PairClassShape>> = {
  match: { isMatch: true, firstShare: 0.4, learns: () => 'all' },
  // One person at two addresses: all that tells the place differs at once.
  moved: { isMatch: true, firstShare: 0.04, learns: (field) => (isPlace(field) ? 'none' : 'all'), needs: isPlace },
  household: {
    isMatch: false,
    firstShare: 0.2,
    learns: (field) => (field.role === 'personal' ? ofOthers(field) : 'all'),
  },
  neighbours: { isMatch: false, firstShare: 0.2, learns: (field) => (isPlace(field) ? 'all' : 'none') },
  // Two people of one name.
  namesakes: {
    isMatch: false,
    firstShare: 0.1,
    learns: (field) => (isName(field) ? 'all' : ofOthers(field)),
    needs: isName,
  },
  // Families live near one another: one family name in one town.
  local: {
    isMatch: false,
    firstShare: 0.1,
    learns: (field) => (isFamilyName(field) || isRegion(field) ? 'all' : ofOthers(field)),
    needs: isFamilyName,
  },
};

function isPlace({ role }: LinkageField): boolean {
  return role === 'place';
}

function isName({ kind }: LinkageField): boolean {
  return kind === 'name' || kind === 'fullname';
}

function isFamilyName({ kind, role }: LinkageField): boolean {
  return kind === 'name' && role === 'household';
}

function isRegion({ kind }: LinkageField): boolean {
  return kind === 'city' || kind === 'category' || kind === 'postcode';
}

/** Addresses are made of names: those of two people may be alike (a.kumar, s.kumar), though hardly equal. */
function ofOthers({ kind }: LinkageField): Learned {
  return kind === 'email' ? 'inexact' : 'none';
}
