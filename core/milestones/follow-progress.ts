/** What came of following the graph since it began. */
export interface FollowTotals {
  readonly changes: number;
  /** Profiles that were given to a customer, or to another than before. */
  readonly identified: number;
  readonly looks: number;
  readonly reached: number;
  readonly retracted: number;
  /** Deliveries to webhooks that were begun. */
  readonly notified: number;
  /** Customers whose milestones the graph refused, and why the last of them. */
  readonly failed: number;
  readonly lastError?: string | undefined;
}

export const NOTHING_FOLLOWED: FollowTotals = {
  changes: 0,
  identified: 0,
  looks: 0,
  reached: 0,
  retracted: 0,
  notified: 0,
  failed: 0,
};

export function addTotals(a: FollowTotals, b: FollowTotals): FollowTotals {
  const lastError = b.lastError ?? a.lastError;
  return {
    changes: a.changes + b.changes,
    // What an earlier release counted knows nothing of profiles.
    identified: (a.identified ?? 0) + (b.identified ?? 0),
    looks: a.looks + b.looks,
    reached: a.reached + b.reached,
    retracted: a.retracted + b.retracted,
    notified: a.notified + b.notified,
    failed: a.failed + b.failed,
    ...(lastError === undefined ? {} : { lastError }),
  };
}
