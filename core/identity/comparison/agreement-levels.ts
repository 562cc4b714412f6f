import type { FieldKind, LinkageField } from '../../../schemas/linkage';
import { EXACT_LEVELS, INEXACT } from '../records/field-kinds';

/**
 * What two unequal texts may have in common. Each is defined once in TypeScript (`text-agreement`) and once in SQL
 * (`agreement-sql`); letters are bytes of UTF-8.
 */
export type Agreement =
  /** Damerau-Levenshtein distance (optimal string alignment) of `most` at most, of texts of at least so many letters. */
  | { readonly is: 'edits'; readonly most: 1 | 2; readonly letters?: number }
  /** Jaro-Winkler similarity, of texts of at least so many letters. */
  | { readonly is: 'jaro-winkler'; readonly least: number; readonly letters?: number }
  /** Names that one person may have: `isNickname`. */
  | { readonly is: 'nickname' }
  /** The words in common, in any order: `wordSimilarity`. */
  | { readonly is: 'words'; readonly least: number }
  /** One is a single letter, and the other begins with it. */
  | { readonly is: 'initial' }
  /** The same up to the @. */
  | { readonly is: 'user' }
  /** Of two dates of eight digits, parts are equal: from a place in the one, from a place in the other, so many digits. */
  | { readonly is: 'dates'; readonly equal: readonly (readonly [a: number, b: number, digits: number])[] };

/** A level of agreement of unequal values: two of which any of these is true, and nothing of a better level. */
export interface AgreementLevel {
  readonly name: string;
  readonly anyOf: readonly Agreement[];
}

/** How values are compared: as their kind is, or by edits alone where a field asks for that. */
export type Comparison = FieldKind | 'name by edits' | 'text by edits';

const edits = (most: 1 | 2, letters?: number): Agreement => ({
  is: 'edits',
  most,
  ...(letters === undefined ? {} : { letters }),
});
const oneTypo: AgreementLevel = { name: 'one typo', anyOf: [edits(1)] };
const twoTypos: AgreementLevel = { name: 'two typos', anyOf: [edits(2)] };
const jaroWinkler = (least: number): AgreementLevel => ({
  name: `Jaro-Winkler ≥ ${least}`,
  anyOf: [{ is: 'jaro-winkler', least }],
});
const words = (least: number): AgreementLevel => ({ name: `words ≥ ${least}`, anyOf: [{ is: 'words', least }] });

/** What swapped given and family names are, too. */
const nickname: AgreementLevel = { name: 'nickname, or given and family name swapped', anyOf: [{ is: 'nickname' }] };

const YEAR = [0, 0, 4] as const;

/** From the best to the one before none at all, by comparison: what `compareRecords`, the kernel and SQL hold to. */
export const agreementLevels: Readonly<Record<Comparison, readonly AgreementLevel[]>> = {
  name: [
    nickname,
    jaroWinkler(0.92),
    {
      name: 'Jaro-Winkler ≥ 0.8, or an initial',
      anyOf: [{ is: 'jaro-winkler', least: 0.8, letters: 2 }, { is: 'initial' }],
    },
  ],
  'name by edits': [
    nickname,
    { name: 'one typo', anyOf: [edits(1, 3)] },
    // Most short names are two letters from one another.
    { name: 'two typos, or an initial', anyOf: [edits(2, 5), { is: 'initial' }] },
  ],
  fullname: [words(0.94), words(0.87), words(0.78)],
  date: [
    {
      name: 'one typo, or day and month swapped',
      anyOf: [edits(1), { is: 'dates', equal: [YEAR, [4, 6, 2], [6, 4, 2]] }],
    },
    {
      name: 'year and month, or day and month, or two typos',
      anyOf: [edits(2), { is: 'dates', equal: [[0, 0, 6]] }, { is: 'dates', equal: [[4, 4, 4]] }],
    },
    { name: 'year', anyOf: [{ is: 'dates', equal: [YEAR] }] },
  ],
  phone: [oneTypo],
  email: [{ name: 'same user', anyOf: [{ is: 'user' }] }, oneTypo, twoTypos],
  code: [oneTypo, twoTypos],
  postcode: [oneTypo],
  street: [jaroWinkler(0.92), jaroWinkler(0.8)],
  city: [jaroWinkler(0.9)],
  number: [oneTypo],
  category: [],
  text: [words(0.92), words(0.8)],
  'text by edits': [oneTypo, twoTypos],
};

/** How the values of a field are compared. */
export function comparisonOf({ kind, comparison }: Pick<LinkageField, 'kind' | 'comparison'>): Comparison {
  if (comparison === undefined) return kind;
  if (kind === 'name') return 'name by edits';
  return agreementLevels[kind].some(({ anyOf }) => anyOf.some(isSimilarity)) ? 'text by edits' : kind;
}

/** Whether an agreement is a similarity that not every SQL engine can compute. */
export function isSimilarity({ is }: Agreement): boolean {
  return is === 'jaro-winkler' || is === 'words';
}

/** Names of a field's levels: a missing value's, those of equal values, and those of unequal ones. */
export function levelNames(field: Pick<LinkageField, 'kind' | 'comparison'>): string[] {
  return ['missing', ...EXACT_LEVELS, ...agreementLevels[comparisonOf(field)].map(({ name }) => name), 'else'];
}

/** How many levels a field has, those of missing and of equal values counted. */
export function levelCount(field: Pick<LinkageField, 'kind' | 'comparison'>): number {
  return INEXACT + agreementLevels[comparisonOf(field)].length + 1;
}
