import { analytics } from './activities';
import type { ResolveIdentitiesResult } from '../activities/identity';

/** Ties the profiles of all sources to customers with stable ids. */
export async function resolveIdentities(input: { readonly businessDate: string }): Promise<ResolveIdentitiesResult> {
  return analytics.resolveIdentities(input);
}
