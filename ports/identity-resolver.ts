import type { ResolutionTotals } from '../core/identity/resolution/resolution-summary';
import type { ResolvedProfiles } from '../core/identity/resolution/resolve-profiles';
import type { ResolutionMode } from '../schemas/resolution';

/** What is to be resolved. */
export interface ResolutionRequest {
  /** The lake's version to read. */
  readonly version: number;
  readonly mode: ResolutionMode;
  /** Profiles last seen on these days (YYYY-MM-DD, inclusive) are resolved; the others stay with whom they are. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The run before this one, by its batch; absent where there was none. */
  readonly last?: string | undefined;
  /** The batch that this run will be committed under; absent where it will not be, as a dry run. */
  readonly run?: string | undefined;
}

export interface Resolution extends ResolvedProfiles {
  /** By profile that was looked at, the oldest first. Whole customers are, before and after. */
  readonly profileIds: readonly string[];
  /** By profile: its customer before; null for a new one. */
  readonly previous: readonly (string | null)[];
  readonly totals: ResolutionTotals;
  /** Which profiles were looked at, whatever was asked for. */
  readonly ran: ResolutionMode;
  /** Why all of them, where only those that are new or have changed were asked for. */
  readonly why?: string | undefined;
  /** What is known of the model; why there is none, where there is none. */
  readonly model: ModelReport;
}

export type ModelReport =
  | { readonly status: 'off' }
  /** So few profiles tell two fields or more that nothing can be learned. */
  | { readonly status: 'too-few-profiles'; readonly telling: number }
  /** So few pairs look like one person that they may be chance, and nothing was learned from them. */
  | { readonly status: 'too-few-matches'; readonly matches: number }
  /** One that was learned before, of so many profiles. */
  | { readonly status: 'kept'; readonly records: number }
  /** From so many pairs, of which so many are one person by the model, in so many rounds. */
  | { readonly status: 'learned'; readonly pairs: number; readonly matches: number; readonly rounds: number };

export interface ResolveOptions {
  readonly signal?: AbortSignal;
  /** Told the name of every stage as it ends. */
  readonly onStage?: (stage: string) => void;
}

/**
 * Finds out which profiles are one person. It reads the lake and writes nothing there; for itself it may keep what makes
 * the next run shorter.
 *
 * Errors: `CANCELLED` when the signal fired; `IDENTITY_ASSERTIONS_CONTRADICT`; `RESOLVER_ENDED` (retryable) when what
 * computes it died; those of reading the lake.
 */
export interface IdentityResolver {
  resolve(request: ResolutionRequest, options?: ResolveOptions): Promise<Resolution>;

  /**
   * Says that the lake has what a run decided: what the resolver kept of it counts from now on, and nothing of runs that
   * never came to that. A run that says so twice, or of which nothing was kept, changes nothing.
   *
   * @param run its batch
   */
  confirm(run: string): Promise<void>;
}
