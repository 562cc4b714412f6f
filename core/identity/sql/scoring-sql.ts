import { HubError } from '../../errors';
import type { SqlDialect } from '../../sql/dialects';
import { agreementLevels, comparisonOf, isSimilarity } from '../comparison/agreement-levels';
import { MOST_LEVELS } from '../records/field-kinds';
import type { MatchModel } from '../model/match-model';
import { weightSql } from '../model/weight-sql';
import { levelsSql, type ScoredRelations } from './levels-sql';

/**
 * One query that scores pairs of records as the model server does: `a`, `b`, the level of every field (`level_0`, …), all of
 * them as one packed number (`vector`, as `LevelPacking` packs them), `weight` (log2 odds), and `probability`.
 *
 * @throws HubError `MODEL_UNSUPPORTED`, naming the field, where the engine cannot compare as the model does, or `patterns`
 *   where the query is longer than it takes
 */
export function scoringSql(model: MatchModel, relations: ScoredRelations, dialect: SqlDialect): string {
  refuseUnscorable(model, dialect);
  const levels = model.fields.map((_, field) => `level_${field}`);
  const vector = levels.map((level, field) => `CAST(${level} AS BIGINT) * ${MOST_LEVELS ** field}`).join(' + ');
  const scored = weightSql(model, `(${levelsSql(model.fields, relations, dialect)})`, dialect, relations.patterns);
  const sql = `SELECT a, b, ${levels.join(', ')}, ${vector} AS vector, weight, probability FROM (${scored}) AS scored`;
  refuseTooLong(sql, relations, dialect);
  return sql;
}

/**
 * Refuses a model that an engine cannot score, before any query is asked.
 *
 * @throws HubError `MODEL_UNSUPPORTED`, naming the first such field and what to set
 */
export function refuseUnscorable({ fields }: Pick<MatchModel, 'fields'>, { name, similarity }: SqlDialect): void {
  if (similarity !== undefined) return;
  fields.forEach((field, index) => {
    const level = agreementLevels[comparisonOf(field)].find(({ anyOf }) => anyOf.some(isSimilarity));
    if (level === undefined) return;
    const setting = `fields.${index}.comparison`;
    throw new HubError(
      'MODEL_UNSUPPORTED',
      `${setting}: "${field.column}" is compared by "${level.name}", which ${name} cannot compute; set "comparison: levenshtein" for it in the settings and train the model again with hub identity train --settings`,
      { field: setting },
    );
  });
}

function refuseTooLong(
  sql: string,
  { patterns }: ScoredRelations,
  { name, longestQuery = Infinity }: SqlDialect,
): void {
  if (sql.length <= longestQuery) return;
  const remedy =
    patterns === undefined
      ? 'give the patterns of missing fields as a relation (--export writes them, --patterns names it)'
      : 'train a model of fewer fields';
  const message = `patterns: the query has ${sql.length} characters, and ${name} takes ${longestQuery}; ${remedy}`;
  throw new HubError('MODEL_UNSUPPORTED', message, { field: 'patterns' });
}
