import type { z } from 'zod';
import { withoutSecrets } from './address';

/** One thing wrong with an input: where, what was expected, what was found. */
export interface Problem {
  /** Dotted path of the field; empty for the whole input. */
  readonly field: string;
  readonly message: string;
}

/** "field: message", or the message alone where it is about the whole. */
export function problemText({ field, message }: Problem): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** Zod's issues as problems. Parse with `{ reportInput: true }` for them to say what was found. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, []));
}

function problemsOfIssue(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): Problem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: fieldOf([...path, key]), message: 'unknown field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = alternativeMeant(issue.errors);
    if (meant !== undefined) return meant.flatMap((inner) => problemsOfIssue(inner, path));
    const alternatives = [...new Set(issue.errors.flat().map((inner) => expectedOf(inner) ?? inner.message))];
    return [{ field: fieldOf(path), message: `expected ${alternatives.join(' or ')}${foundOf(issue)}` }];
  }
  const expected = expectedOf(issue);
  const message = expected === undefined ? issue.message : `expected ${expected}`;
  // What a rule about the whole is at odds with is more than one would want to read again.
  const isWhole = issue.code === 'custom' && typeof issue.input === 'object';
  return [{ field: fieldOf(path), message: `${message}${isWhole ? '' : foundOf(issue)}` }];
}

type Issues = readonly z.core.$ZodIssue[];

/** The alternative that the input's fields fit best; undefined when the input is of no alternative's type. */
function alternativeMeant(alternatives: readonly Issues[]): Issues | undefined {
  const isOfType = (issues: Issues) =>
    !issues.some(({ path, code }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'));
  return alternatives.filter(isOfType).sort((a, b) => misfits(a) - misfits(b) || a.length - b.length)[0];
}

/** How many fields the alternative lacks or does not know; a field with a wrong value still speaks for it. */
function misfits(issues: Issues): number {
  const counts = issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.length;
    return issue.code === 'invalid_type' && issue.input === undefined ? 1 : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What would have been right; undefined where the issue's own message says it best. */
function expectedOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code !== 'invalid_value') return undefined;
  return issue.values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value))).join(' or ');
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function foundOf(issue: z.core.$ZodIssue): string {
  if (!('input' in issue)) return '';
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input, withoutSecretsInside);
  return `, found ${found.length > 80 ? `${found.slice(0, 77)}…` : found}`;
}

function withoutSecretsInside(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? withoutSecrets(value) : value;
}
