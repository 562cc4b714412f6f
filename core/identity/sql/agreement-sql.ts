import type { LinkageField } from '../../../schemas/linkage';
import type { SqlDialect } from '../../sql/dialects';
import { double } from '../../sql/quote';
import { agreementLevels, comparisonOf, type Agreement } from '../comparison/agreement-levels';
import { fieldKinds } from '../records/field-kinds';
import { MOST_LINES } from '../records/nicknames';
import {
  afterOneEdit,
  commonStartSql,
  isOneEditSql,
  isTransposedSql,
  letters,
  type TextPair,
} from './edit-distance-sql';

/** A column that conditions name: its expression may name those of the stages before. */
export interface Measure {
  readonly stage: number;
  readonly name: string;
  readonly sql: string;
}

/** What must be known of the texts of two records before agreements can be told. */
export function measuresOf(field: LinkageField, index: number, dialect: SqlDialect): Measure[] {
  const agreements = agreementLevels[comparisonOf(field)].flatMap(({ anyOf }) => anyOf);
  const { width } = fieldKinds[field.kind];
  const texts = textsOf(index);
  const measures = new Map<Agreement['is'], () => Measure[]>([
    [
      'edits',
      () =>
        editMeasures(
          texts,
          index,
          width,
          agreements.some((own) => own.is === 'edits' && own.most === 2),
        ),
    ],
    [
      'jaro-winkler',
      () => [{ stage: 0, name: `jaro_${index}`, sql: dialect.similarity!.jaroWinkler(texts.a, texts.b) }],
    ],
    ['words', () => [{ stage: 0, name: `words_${index}`, sql: dialect.similarity!.words(texts.a, texts.b) }]],
    [
      'user',
      () =>
        ['a', 'b'].map((side) => ({
          stage: 0,
          name: `user_${side}_${index}`,
          sql: userSql(`${side}_${index}`, width),
        })),
    ],
  ]);
  return [...new Set(agreements.map(({ is }) => is))].flatMap((is) => measures.get(is)?.() ?? []);
}

/** Whether two unequal texts agree so, by the columns of `measuresOf`. */
export function agreementSql(agreement: Agreement, index: number): string {
  const { a, b } = textsOf(index);
  switch (agreement.is) {
    case 'edits':
      return `(${withLetters(agreement, index, agreement.most === 1 ? isOneEdit(index) : isTwoEdits(index))})`;
    case 'jaro-winkler':
      return `(${withLetters(agreement, index, `jaro_${index} >= ${double(agreement.least)}`)})`;
    case 'nickname':
      return nicknameSql(`nicknames_a_${index}`, `nicknames_b_${index}`);
    case 'words':
      return `words_${index} >= ${double(agreement.least)}`;
    case 'initial':
      return `((length(${a}) = 2 OR length(${b}) = 2) AND ${letters(a, '0', 0, 1)} = ${letters(b, '0', 0, 1)})`;
    case 'user':
      return `user_a_${index} = user_b_${index}`;
    case 'dates':
      return `(${[`length(${a}) = 16`, `length(${b}) = 16`, ...agreement.equal.map(equalParts)].join(' AND ')})`;
  }
  function equalParts([ofA, ofB, digits]: readonly [number, number, number]): string {
    return `${letters(a, '0', ofA, digits)} = ${letters(b, '0', ofB, digits)}`;
  }
}

/** Whether a line stands in both: hexadecimal numbers of four digits, 0 for none. */
function nicknameSql(a: string, b: string): string {
  const lineOf = (text: string, line: number) => `substr(${text}, ${4 * line + 1}, 4)`;
  const lines = Array.from({ length: MOST_LINES }, (_, line) => line);
  const all = lines.map((line) => lineOf(b, line)).join(', ');
  const shared = lines.map((line) => `(${lineOf(a, line)} NOT IN ('', '0000') AND ${lineOf(a, line)} IN (${all}))`);
  return `(${shared.join(' OR ')})`;
}

function textsOf(index: number): TextPair {
  return { a: `a_${index}`, b: `b_${index}` };
}

function withLetters({ letters: least }: { readonly letters?: number }, index: number, condition: string): string {
  if (least === undefined) return condition;
  const { a, b } = textsOf(index);
  return `length(${a}) >= ${2 * least} AND length(${b}) >= ${2 * least} AND ${condition}`;
}

/** What both begin with; then, for two edits, the texts after each way of the first, and what these begin with. */
function editMeasures(texts: TextPair, index: number, width: number, isForTwo: boolean): Measure[] {
  const same = startMeasures(texts, width, `same_${index}`, 0);
  if (!isForTwo) return same;
  const ways = afterOneEdit(texts, `same_${index}`).flatMap((rest, way) => {
    const { a, b } = restOf(index, way);
    return [
      { stage: same.length, name: a, sql: rest.a },
      { stage: same.length, name: b, sql: rest.b },
      ...startMeasures({ a, b }, width, `same_${index}_${way}`, same.length + 1),
    ];
  });
  return [...same, ...ways];
}

/** Half by half, a stage each; the last has the name. */
function startMeasures(texts: TextPair, width: number, name: string, first: number): Measure[] {
  const nameOf = (place: number) => `${name}_part_${place}`;
  const parts = commonStartSql(texts, width, nameOf);
  return parts.map((sql, place) => ({
    stage: first + place,
    name: place === parts.length - 1 ? name : nameOf(place),
    sql,
  }));
}

function restOf(index: number, way: number): TextPair {
  return { a: `rest_a_${index}_${way}`, b: `rest_b_${index}_${way}` };
}

function isOneEdit(index: number): string {
  return isOneEditSql(textsOf(index), `same_${index}`);
}

const WAYS = 4;
const TRANSPOSED = 3;

function isTwoEdits(index: number): string {
  const ways = Array.from({ length: WAYS }, (_, way) => {
    const isOne = isOneEditSql(restOf(index, way), `same_${index}_${way}`);
    return way === TRANSPOSED ? `(${isTransposedSql(textsOf(index), `same_${index}`)} AND ${isOne})` : isOne;
  });
  return `(${[isOneEdit(index), ...ways].join(' OR ')})`;
}

/** An address up to the @, found letter by letter: of two letters, the second half of one and the first of the next may look like it. */
function userSql(text: string, width: number): string {
  const places = Array.from(
    { length: width },
    (_, place) => `WHEN ${letters(text, '0', place, 1)} = '40' THEN ${letters(text, '0', 0, place)}`,
  );
  return `CASE ${places.join(' ')} ELSE ${text} END`;
}
