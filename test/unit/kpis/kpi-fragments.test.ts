import { kpiSql } from '../../../core/kpis/kpi-fragments';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { redshiftDialect } from '../../../core/sql/redshift-dialect';

const marked = {
  daysBetween: (from: string, to: string) => `<${from}|${to}>`,
  hoursBetween: (from: string, to: string) => `[${from}|${to}]`,
};

it.each([
  ['SELECT 1', 'SELECT 1'],
  ['days_between(a, b)', '<a|b>'],
  ['DAYS_BETWEEN ( max(a, (1)), $d ) + 1', '<max(a, (1))|$d> + 1'],
  ['days_between(f(\'a,b)\'), "c,(") AND days_between(c, d)', '<f(\'a,b)\')|"c,("> AND <c|d>'],
  ['days_between(days_between(a, b), c)', '<<a|b>|c>'],
  ['hours_between(a, b) + days_between(c, hours_between(d, e))', '[a|b] + <c|[d|e]>'],
  [
    "'days_between(a, b)' -- days_between(\nx /* days_between( */",
    "'days_between(a, b)' -- days_between(\nx /* days_between( */",
  ],
  ['my_days_between(a, b)', 'my_days_between(a, b)'],
])('says %j as %j', (sql, expected) => {
  expect(kpiSql(sql, marked)).toBe(expected);
});

it.each([
  ['days_between(a)', /two arguments, and was given 1/],
  ['days_between(a, b, c)', /given 3/],
  ['days_between(a, (b)', /no closing parenthesis/],
])('refuses %j', (sql, message) => {
  expect(() => kpiSql(sql, marked)).toThrow(
    expect.objectContaining({ code: 'KPI_INVALID', message: expect.stringMatching(message) }),
  );
});

it('is said by every engine in its way', () => {
  expect(kpiSql('days_between(a, b)', duckDbDialect)).toBe("date_diff('day', CAST(a AS DATE), CAST(b AS DATE))");
  expect(kpiSql('days_between(a, b)', redshiftDialect)).toBe('(CAST(b AS DATE) - CAST(a AS DATE))');
});
