import type { SqlDialect } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import type { MatchModel } from './match-model';
import { pairClasses } from './pair-classes';

/**
 * A query for what pairs weigh under a model: `a`, `b`, their levels, `weight` (log2 odds that the two are one person) and
 * `probability`. It is computed from the classes of the model (Fellegi and Sunter 1969, of several latent classes), so
 * that it holds for every vector, met before or not.
 *
 * @param pairs a relation of `a`, `b` and, by field, the level of agreement that `compareRecords` writes: `level_0`, …
 * @param patterns a relation with what `patternRows` tells; left out, the query tells it itself, and is long
 */
export function weightSql(
  model: MatchModel,
  pairs: string,
  dialect: Pick<SqlDialect, 'constants'>,
  patterns = `(${patternsSql(model, dialect)})`,
): string {
  const terms = model.termsOf(presentBut(model, 0));
  const sumOf = (wanted: boolean) =>
    terms.flatMap(({ isMatch }, term) => (isMatch === wanted ? [`expected_${term}`] : [])).join(' + ');
  const expected = terms.map((_, term) => `${expectedSql(model, term)} AS expected_${term}`);
  const levels = model.fields.map((_, field) => `level_${field}`).join(', ');
  return `WITH masked AS (SELECT pairs.*, ${missingSql(model)} AS missing FROM ${pairs} AS pairs),
expected AS (SELECT masked.a, masked.b, ${levels}, ${expected.join(',\n  ')}
  FROM masked LEFT JOIN ${patterns} AS patterns ON patterns.mask = masked.missing),
sums AS (SELECT a, b, ${levels}, ${sumOf(true)} AS matches, ${sumOf(false)} AS others FROM expected)
SELECT a, b, ${levels}, ln(matches / others) / ln(${exact(2)}) AS weight, matches / (matches + others) AS probability FROM sums`;
}

/** By which fields are missing (a bit each, as `missingOf` has them): the pairs of each class, as texts. */
function patternsSql(model: MatchModel, { constants }: Pick<SqlDialect, 'constants'>): string {
  return constants(patternColumns(model), patternRows(model));
}

/** The columns of `patternRows`. */
export function patternColumns(model: MatchModel): string[] {
  return ['mask', ...classesOf(model).map((_, term) => `pairs_${term}`)];
}

/** By which fields are missing, the pairs of each class: numbers, as texts that read back the same. */
export function patternRows(model: MatchModel): (readonly (number | string)[])[] {
  const masks = new Set([0, ...classesOf(model).flatMap(({ missing }) => [...missing.keys()])]);
  return [...masks].map((mask) => [mask, ...model.termsOf(presentBut(model, mask)).map(({ pairs }) => String(pairs))]);
}

/**
 * How many pairs of a class agree so. Fields missing as in no pair that was met are as frequent as by chance in every
 * class: a factor that all have in common, and odds are the same without.
 */
function expectedSql(model: MatchModel, term: number): string {
  const pairs = `coalesce(CAST(patterns.pairs_${term} AS DOUBLE PRECISION), ${exact(classesOf(model)[term]!.pairs)})`;
  return [pairs, ...model.fields.map((_, field) => shareSql(model, term, field))].join(' * ');
}

function shareSql(model: MatchModel, term: number, field: number): string {
  const shares = classesOf(model)[term]!.levels[field]!;
  const cases = Array.from(shares, (share, level) => `WHEN ${level} THEN ${exact(share)}`);
  return `CASE masked.level_${field} ${cases.join(' ')} END`;
}

function missingSql({ fields }: MatchModel): string {
  return fields.map((_, field) => `CASE WHEN level_${field} = 0 THEN ${2 ** field} ELSE 0 END`).join(' + ');
}

/** In the order of the model's terms. */
function classesOf({ classes, chance }: MatchModel) {
  return [...pairClasses.map((name) => classes[name]), chance];
}

function presentBut({ fields }: MatchModel, missing: number): Uint8Array {
  return Uint8Array.from(fields, (_, field) => ((missing >>> field) & 1 ? 0 : 1));
}

/** A number to its last bit: a text is read so by every engine, while a number may become a DECIMAL of few digits. */
function exact(value: number): string {
  return `CAST(${literal(String(value))} AS DOUBLE PRECISION)`;
}
