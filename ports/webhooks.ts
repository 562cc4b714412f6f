/** Something that other systems are told, as CloudEvents 1.0 has it. */
export interface OutgoingEvent {
  /** The same when it is told again. */
  readonly id: string;
  readonly type: string;
  /** Whom it is about. */
  readonly subject: string;
  /** When it happened, in epoch milliseconds. */
  readonly time: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Tells systems outside of the hub of something, once for each call.
 *
 * Errors: `WEBHOOK_UNKNOWN`, `WEBHOOK_SECRET_MISSING`; `WEBHOOK_REFUSED` when the receiver will not have it however
 * often it is told; `WEBHOOK_UNREACHABLE`, which is worth trying again.
 */
export interface Webhooks {
  /** Resolves when the receiver has taken it, with the status it answered. */
  tell(webhook: string, event: OutgoingEvent, signal?: AbortSignal): Promise<number>;
}
