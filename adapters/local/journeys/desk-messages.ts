import { HubError, messageOf } from '../../../core/errors';
import type { JourneyQuestionName } from '../../../ports/journey-desk';
import type { LakeDeskOptions } from './lake-desk';

/** What the thread needs to know to open the lake. */
export interface DeskThreadData extends LakeDeskOptions {
  readonly lakeFolder: string;
  readonly tempFolder: string;
}

/** To the thread: a question, or that nobody waits for its answer any more. */
export type DeskRequest =
  | {
      readonly id: number;
      readonly name: JourneyQuestionName;
      readonly question: object;
      readonly lakeVersion: number | undefined;
    }
  | { readonly id: number; readonly cancel: true };

/** From the thread: the answer, or why there is none. */
export type DeskReply =
  { readonly id: number; readonly answer: object } | { readonly id: number; readonly error: DeskError };

/** An error as a message can carry it. */
export interface DeskError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly field: string | undefined;
}

export function toMessage(error: unknown): DeskError {
  if (error instanceof HubError) {
    const { code, message, retryable, field } = error;
    return { code, message, retryable, field };
  }
  return { code: 'INTERNAL', message: messageOf(error), retryable: true, field: undefined };
}

export function fromMessage({ code, message, retryable, field }: DeskError): HubError {
  return new HubError(code, message, { retryable, ...(field === undefined ? {} : { field }) });
}
