import type { Resolution, ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { ThreadError } from '../threads/thread-errors';

/** What the thread needs to know to open the lake. */
export interface ResolverThreadData {
  readonly lakeFolder: string;
  readonly tempFolder: string;
  readonly settings: IdentitySettings;
  /** Where model and index are kept. */
  readonly identityFolder: string;
}

/** To the thread: what to resolve. */
export interface ResolverThreadRequest extends ResolverThreadData {
  readonly request: ResolutionRequest;
}

/** From the thread: where it is, then the outcome. To it there is one message, whatever it holds: stop. */
export type ResolverMessage =
  { readonly stage: string } | { readonly resolution: Resolution } | { readonly error: ThreadError };
