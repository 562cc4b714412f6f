import type { z } from 'zod';

/** One thing wrong with an input: where, what was expected, what was found. */
export interface Problem {
  /** Dotted path of the field; empty for the whole input. */
  readonly field: string;
  readonly message: string;
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
    // The alternative that came furthest is the one that was meant.
    const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map((inner) => inner.path.length));
    const meant = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    if (depth(meant) > 0 || meant.some((inner) => inner.code === 'unrecognized_keys')) {
      return meant.flatMap((inner) => problemsOfIssue(inner, path));
    }
    const alternatives = [...new Set(issue.errors.flat().map((inner) => expectedOf(inner)))].join(' or ');
    return [{ field: fieldOf(path), message: `expected ${alternatives}${foundOf(issue)}` }];
  }
  const expected = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message;
  return [{ field: fieldOf(path), message: `${expected}${foundOf(issue)}` }];
}

function expectedOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? issue.expected : issue.message;
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function foundOf(issue: z.core.$ZodIssue): string {
  if (!('input' in issue)) return '';
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input);
  return `, found ${found.length > 80 ? `${found.slice(0, 77)}…` : found}`;
}
