import { HubError, messageOf } from '../../../core/errors';

/** An error as a message between threads can carry it. */
export interface ThreadError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly field: string | undefined;
}

export function toMessage(error: unknown): ThreadError {
  if (error instanceof HubError) {
    const { code, message, retryable, field } = error;
    return { code, message, retryable, field };
  }
  return { code: 'INTERNAL', message: messageOf(error), retryable: true, field: undefined };
}

export function fromMessage({ code, message, retryable, field }: ThreadError): HubError {
  return new HubError(code, message, { retryable, ...(field === undefined ? {} : { field }) });
}
