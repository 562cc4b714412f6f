import { HubError } from '../errors';
import type { KpiDialect } from '../sql/kpi-dialect';

/** Texts, quoted names and comments, in which nothing is a call; the start of a call; or what takes a call apart. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\b(?:days|hours)_between\s*\(|[(),]/gi;

/**
 * A KPI's query for an engine: `days_between(from, to)` and `hours_between(from, to)` are said as the engine says them. All else is
 * SQL that all of them understand.
 *
 * @throws HubError KPI_INVALID for a call with another number of arguments, or without an end
 */
export function kpiSql(sql: string, dialect: Pick<KpiDialect, 'daysBetween' | 'hoursBetween'>): string {
  const call = firstCall(sql);
  if (call === undefined) return sql;
  const [from, to] = call.parts.map((part) => kpiSql(part, dialect).trim());
  if (call.parts.length !== 2) throw invalid(call.name, `takes two arguments, and was given ${call.parts.length}`);
  const said = call.name === 'days_between' ? dialect.daysBetween(from!, to!) : dialect.hoursBetween(from!, to!);
  return `${sql.slice(0, call.start)}${said}${kpiSql(sql.slice(call.end), dialect)}`;
}

interface Call {
  readonly name: string;
  readonly start: number;
  /** After its last parenthesis. */
  readonly end: number;
  readonly parts: readonly string[];
}

function firstCall(sql: string): Call | undefined {
  let call: { name: string; start: number; from: number; depth: number; parts: string[] } | undefined;
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    const name = /^(days|hours)_between/i.exec(token)?.[0].toLowerCase();
    if (call === undefined) {
      if (name !== undefined) call = { name, start: index, from: index + token.length, depth: 0, parts: [] };
    } else if (name !== undefined || token === '(') {
      call.depth += 1;
    } else if (call.depth > 0) {
      if (token === ')') call.depth -= 1;
    } else if (token === ',' || token === ')') {
      call.parts.push(sql.slice(call.from, index));
      call.from = index + 1;
      if (token === ')') return { name: call.name, start: call.start, end: call.from, parts: call.parts };
    }
  }
  if (call !== undefined) throw invalid(call.name, 'has no closing parenthesis');
  return undefined;
}

function invalid(name: string, what: string): HubError {
  return new HubError('KPI_INVALID', `${name}(from, to) ${what}`);
}
