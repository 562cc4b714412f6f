import type { SqlDialect } from '../../sql/dialects';
import { agreementLevels, comparisonOf, type Agreement } from '../comparison/agreement-levels';
import { fieldKinds, INEXACT } from '../records/field-kinds';
import { namesOf } from '../records/record-table';
import { CODES_PER_RARITY, RARITIES } from '../records/value-rarity';
import type { LinkageField } from '../../../schemas/linkage';
import { agreementSql, measuresOf, type Measure } from './agreement-sql';

/** Relations, as an engine has them. */
export interface ScoredRelations {
  /**
   * A row a record: `id`, and by field the code that its table of records has (`code_0`, …; 0 or NULL for a missing
   * value), and the bytes of its text in hexadecimal (`bytes_0`, …; whatever is behind the width of its kind is not read);
   * of a name the lines of nicknames that have it (`nicknames_0`, …), two bytes each, in hexadecimal.
   */
  readonly records: string;
  /** The names of two records a row: `a`, `b`. */
  readonly pairs: string;
  /** A row a pattern of missing fields (`patternRows`); left out, the query tells them itself. */
  readonly patterns?: string | undefined;
}

/**
 * A query for how pairs agree: `a`, `b`, and by field the level that `compareRecords` writes, `level_0`, ….
 *
 * Every stage computes columns that the next names several times: were they put in place, the query would be as long as
 * their product.
 */
export function levelsSql(fields: readonly LinkageField[], relations: ScoredRelations, dialect: SqlDialect): string {
  const stages = [toldSql(fields, relations)];
  const measures = fields.flatMap((field, index) => measuresOf(field, index, dialect));
  for (let stage = 0; measures.some((own) => own.stage === stage); stage++) {
    stages.push(stageSql(measures, stage, stages.length - 1));
  }
  const unequal = fields.map((field, index) => `${fieldSql(field, index)} AS told_${index}`);
  const before = `stage_${stages.length - 1}`;
  stages.push(`SELECT a, b, ${[...codeColumns(fields), ...unequal].join(',\n  ')} FROM ${before}`);
  const tables = stages.map((sql, stage) => `stage_${stage} AS (${sql}${dialect.fence})`);
  const levels = fields.map((_, index) => `${swappedSql(fields, index)} AS level_${index}`);
  return `WITH ${tables.join(',\n')}
SELECT a, b, ${levels.join(',\n  ')} FROM stage_${stages.length - 1}`;
}

function toldSql(fields: readonly LinkageField[], { records, pairs }: ScoredRelations): string {
  const columns = fields.flatMap(({ kind }, index) =>
    ['a', 'b'].flatMap((side) => [
      `coalesce(record_${side}.code_${index}, 0) AS code_${side}_${index}`,
      ...(fieldKinds[kind].width === 0
        ? []
        : [
            `substr(coalesce(record_${side}.bytes_${index}, ''), 1, ${2 * fieldKinds[kind].width}) AS ${side}_${index}`,
          ]),
      ...(kind === 'name' ? [`coalesce(record_${side}.nicknames_${index}, '') AS nicknames_${side}_${index}`] : []),
    ]),
  );
  return `SELECT pairs.a, pairs.b, ${columns.join(',\n  ')}
FROM ${pairs} AS pairs JOIN ${records} AS record_a ON record_a.id = pairs.a JOIN ${records} AS record_b ON record_b.id = pairs.b`;
}

function stageSql(measures: readonly Measure[], stage: number, before: number): string {
  const own = measures.filter((measure) => measure.stage === stage);
  return `SELECT *, ${own.map(({ name, sql }) => `${sql} AS ${name}`).join(',\n  ')} FROM stage_${before}`;
}

/** A field's level for itself alone. */
function fieldSql(field: LinkageField, index: number): string {
  const [a, b] = [`code_a_${index}`, `code_b_${index}`];
  const levels = agreementLevels[comparisonOf(field)];
  const anyOf = (agreements: readonly Agreement[]) =>
    agreements.map((agreement) => agreementSql(agreement, index)).join(' OR ');
  const unequal = levels.map((level, place) => `WHEN ${anyOf(level.anyOf)} THEN ${INEXACT + place}`);
  return `CASE WHEN ${a} = 0 OR ${b} = 0 THEN 0 WHEN ${a} = ${b} THEN ${exactSql(a)}
  ${unequal.join('\n  ')} ELSE ${INEXACT + levels.length} END`;
}

function exactSql(code: string): string {
  const rarities = Array.from({ length: RARITIES - 1 }, (_, rarity) => rarity + 1);
  const cases = rarities.map((level) => `WHEN ${code} < ${level * CODES_PER_RARITY} THEN ${level}`);
  return `CASE ${cases.join(' ')} ELSE ${RARITIES} END`;
}

function codeColumns(fields: readonly LinkageField[]): string[] {
  const { names = [] } = namesOf(fields);
  return names.flatMap((index) => [`code_a_${index}`, `code_b_${index}`]);
}

/** Given and family name the other way round are as good as the best of unequal values. */
function swappedSql(fields: readonly LinkageField[], index: number): string {
  const { names } = namesOf(fields);
  if (names === undefined || !names.includes(index)) return `told_${index}`;
  const [given, family] = names;
  const hash = (side: string, field: number) => `mod(code_${side}_${field}, ${CODES_PER_RARITY})`;
  return `CASE WHEN told_${given} > ${INEXACT} AND told_${family} > ${INEXACT}
  AND ${hash('a', given)} = ${hash('b', family)} AND ${hash('a', family)} = ${hash('b', given)} THEN ${INEXACT} ELSE told_${index} END`;
}
