/**
 * The one error the hub raises on purpose. `code` is stable and machine readable; `retryable` says whether trying the
 * same thing again can help (a locked file, a server that is starting) or not (a wrong setting, a broken file).
 * `field` names the setting or request field at fault, as a path, where there is one.
 */
export class HubError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly field: string | undefined;
  /** When trying again may help first, in milliseconds from now, where somebody said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; field?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'HubError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * What the hub itself said of a failure: the message of the first of Temporal's application failures in a chain of
 * causes, which has the remedy, and not of what lies beneath it. Without one, the innermost message.
 */
export function failureMessage(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.name !== 'ApplicationFailure' && inner.cause instanceof Error) {
    inner = inner.cause;
  }
  return messageOf(inner);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
