import type { GraphChange } from './elements';

/** What ties a profile to its customer. */
export interface Tie {
  readonly method: string;
  readonly rule: string;
  readonly confidence: number;
}

/** An edge cannot be moved: a profile that changed customers loses its old edge first. */
export function identifiedAs(profile: string, customer: string, tie: Tie, before?: string | null): GraphChange[] {
  const id = `identified:${profile}`;
  const { method, rule, confidence } = tie;
  const properties = { method, rule, confidence };
  const edge: GraphChange = { kind: 'edge', id, label: 'IDENTIFIED_AS', from: profile, to: customer, properties };
  if (before === undefined || before === null || before === customer) return [edge];
  return [{ kind: 'remove-edge', id, from: profile, to: before }, edge];
}
