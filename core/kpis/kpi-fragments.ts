import { HubError } from '../errors';
import type { KpiDialect } from '../sql/kpi-dialect';

/** Texts, quoted names and comments, in which nothing is a call; the start of a call; or what takes a call apart. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\bdays_between\s*\(|[(),]/gi;

/**
 * A KPI's query for an engine: `days_between(from, to)` is said as the engine says it. All else is SQL that all of them
 * understand.
 *
 * @throws HubError KPI_INVALID for a call with another number of arguments, or without an end
 */
export function kpiSql(sql: string, dialect: Pick<KpiDialect, 'daysBetween'>): string {
  const call = firstCall(sql);
  if (call === undefined) return sql;
  const [from, to] = call.parts.map((part) => kpiSql(part, dialect).trim());
  if (call.parts.length !== 2) throw invalid(`takes two arguments, and was given ${call.parts.length}`);
  return `${sql.slice(0, call.start)}${dialect.daysBetween(from!, to!)}${kpiSql(sql.slice(call.end), dialect)}`;
}

interface Call {
  readonly start: number;
  /** After its last parenthesis. */
  readonly end: number;
  readonly parts: readonly string[];
}

function firstCall(sql: string): Call | undefined {
  let call: { start: number; from: number; depth: number; parts: string[] } | undefined;
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    const isCall = /^days_between/i.test(token);
    if (call === undefined) {
      if (isCall) call = { start: index, from: index + token.length, depth: 0, parts: [] };
    } else if (isCall || token === '(') {
      call.depth += 1;
    } else if (call.depth > 0) {
      if (token === ')') call.depth -= 1;
    } else if (token === ',' || token === ')') {
      call.parts.push(sql.slice(call.from, index));
      call.from = index + 1;
      if (token === ')') return { start: call.start, end: call.from, parts: call.parts };
    }
  }
  if (call !== undefined) throw invalid('has no closing parenthesis');
  return undefined;
}

function invalid(what: string): HubError {
  return new HubError('KPI_INVALID', `days_between(from, to) ${what}`);
}
