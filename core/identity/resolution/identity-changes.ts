import type { ProfilesByAge } from '../clustering/clusters';

/**
 * What became of a profile's customer: `new` for a profile that no resolution has looked at before; `merged` when its old customer is gone,
 * `split` when its new one was not there before, and `moved` between two that stay.
 */
export const changeKinds = ['new', 'merged', 'split', 'moved'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/**
 * How a resolution changes each profile.
 *
 * @param customers the customer of every profile now, by index
 * @returns by profile; undefined for one that stays where it was
 */
export function identityChanges(
  { previous, isResolved }: ProfilesByAge,
  customers: readonly string[],
): (ChangeKind | undefined)[] {
  const before = new Set(previous);
  const now = new Set(customers);
  return customers.map((customer, index) => {
    const from = previous[index] as string | null;
    if (from === null || isResolved?.[index] === 0) return 'new';
    if (from === customer) return undefined;
    if (!before.has(customer)) return 'split';
    return now.has(from) ? 'moved' : 'merged';
  });
}
