import type { AttributeCondition, EventPattern, MilestoneSpec } from '../../../schemas/milestone';
import type { MilestoneDialect } from '../../sql/dialects';
import { double, literal } from '../../sql/quote';
import { NUMBER_PATTERN } from '../../graph/attribute-value';
import { patternsOf, valuesOf } from '../pattern';

/** The attributes that decide what fits a milestone's patterns. */
export function attributesOf(spec: MilestoneSpec): string[] {
  return [...new Set(patternsOf(spec).flatMap(({ attributes }) => Object.keys(attributes)))].sort();
}

/** Columns of events for `conditionSql`: of every attribute its text, and its number where it is one. */
export function attributeColumns(names: readonly string[], dialect: MilestoneDialect): string[] {
  return names.flatMap((name) => {
    const text = dialect.attribute('attributes', name);
    return [`${text} AS t_${name}`, `${numberSql(text, dialect)} AS n_${name}`];
  });
}

function numberSql(text: string, dialect: MilestoneDialect): string {
  return `CASE WHEN ${dialect.fits(text, NUMBER_PATTERN)} THEN TRY_CAST(${text} AS DOUBLE) END`;
}

/** Whether an attribute of a row is there and has one of some values. */
export function hasOneOfSql(name: string, values: readonly string[], dialect: MilestoneDialect): string {
  const text = dialect.attribute('attributes', name);
  return `${text} IS NOT NULL AND ${amongSql(text, numberSql(text, dialect), values)}`;
}

/**
 * Whether a row is one that a pattern means.
 *
 * @param letterOf how the column `letter` names a step type
 */
export function conditionSql(
  { events, channels, attributes }: EventPattern,
  letterOf: (event: string) => string,
): string {
  return [
    `letter IN (${events.map(letterOf).join(', ')})`,
    ...(channels.length === 0 ? [] : [`channel IN (${channels.map(literal).join(', ')})`]),
    ...Object.entries(attributes).flatMap(([name, condition]) => attributeSql(name, condition)),
  ].join(' AND ');
}

function attributeSql(name: string, condition: AttributeCondition): string[] {
  const { gt, gte, lt, lte } = condition;
  const bound = (operator: string, value: number | undefined) =>
    value === undefined ? [] : [`n_${name} ${operator} ${double(value)}`];
  return [
    `t_${name} IS NOT NULL`,
    ...(condition.in === undefined ? [] : [amongSql(`t_${name}`, `n_${name}`, condition.in)]),
    ...(condition.notIn === undefined ? [] : [`NOT ${amongSql(`t_${name}`, `n_${name}`, condition.notIn)}`]),
    ...bound('>', gt),
    ...bound('>=', gte),
    ...bound('<', lt),
    ...bound('<=', lte),
  ];
}

/** Whether a value that is not null is one of a list; true or false, never null. */
function amongSql(text: string, number: string, list: readonly (string | number)[]): string {
  const { texts, numbers } = valuesOf(list);
  const isText = texts.length === 0 ? 'false' : `${text} IN (${texts.map(literal).join(', ')})`;
  const isNumber = numbers.length === 0 ? 'false' : `${number} IN (${numbers.map(double).join(', ')})`;
  // What is a number is compared as one alone.
  return `CASE WHEN ${number} IS NULL THEN ${isText} ELSE ${isNumber} END`;
}
