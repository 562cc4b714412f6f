import type { Assertion } from '../core/identity/resolution/assertions';
import type { AssertionList } from '../schemas/assertions';

/** A row of `identity_assertions`. */
export interface AssertionRow {
  readonly profile_a: string;
  readonly profile_b: string;
  readonly kind: Assertion['kind'];
  readonly author: string;
  readonly reason: string;
  readonly asserted_at: Date;
  /** Absent where only active ones are asked for. */
  readonly active?: boolean;
}

export function assertionOfRow(row: AssertionRow): AssertionList['assertions'][number] {
  const { profile_a: profileA, profile_b: profileB, kind, author, reason, asserted_at, active = true } = row;
  return { profileA, profileB, kind, author, reason, assertedAt: new Date(asserted_at).toISOString(), active };
}
