import type { Fires } from '../core/milestones/fires';
import type { Notification, ToldBefore } from '../core/milestones/notifications';
import type { MilestoneTrigger } from '../core/milestones/trigger';

/** A moment at which a customer's milestone is to be looked at again, though nothing may have happened. */
export interface DueLook {
  readonly customerId: string;
  readonly milestone: string;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/**
 * The stored queries of milestones with their trigger criteria, by version; when to look again at absences that are
 * awaited; and what other systems were told. Writes are idempotent, but for `noteFires`, and atomic, but that of many looks,
 * fires or notifications some may be there before others where the engine takes only so many at once. DynamoDB in AWS.
 *
 * Requests to another machine end with `CANCELLED` when the signal fires; of a write nobody knows then whether it was made.
 */
export interface TriggerStore {
  /** Stores triggers as the active versions of their milestones; the other milestones' retire. Versions are kept. */
  activate(triggers: readonly MilestoneTrigger[], signal?: AbortSignal): Promise<void>;
  /** The active ones, by milestone. */
  active(signal?: AbortSignal): Promise<readonly MilestoneTrigger[]>;
  /** Every version that was ever active of a milestone, the oldest first. */
  versions(milestone: string, signal?: AbortSignal): Promise<readonly MilestoneTrigger[]>;
  /** Changes whenever other triggers become active. */
  revision(signal?: AbortSignal): Promise<number>;
  /** Sets when to look again at each of these; of those without `dueAt`, never. */
  setDue(
    looks: readonly (Omit<DueLook, 'dueAt'> & { readonly dueAt: number | undefined })[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Those due by a time (epoch milliseconds), the earliest first, so many at most. They stay until they are set anew. */
  due(by: number, limit: number, signal?: AbortSignal): Promise<readonly DueLook[]>;
  /** How many are awaited, by milestone. */
  awaited(signal?: AbortSignal): Promise<Readonly<Record<string, number>>>;
  /** Counts what stored queries came to, by milestone, at a time (epoch milliseconds). Counts older than an hour may go. */
  noteFires(at: number, fires: ReadonlyMap<string, Fires>, signal?: AbortSignal): Promise<void>;
  /** What was counted of a milestone in the last hour, by the beginning of the minute. */
  fires(milestone: string, signal?: AbortSignal): Promise<ReadonlyMap<number, Fires>>;
  /** What was told of these milestones, by the ids of their vertices. */
  told(milestoneIds: readonly string[], signal?: AbortSignal): Promise<ToldBefore>;
  /** Keeps what was told. */
  setTold(notifications: readonly Notification[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
