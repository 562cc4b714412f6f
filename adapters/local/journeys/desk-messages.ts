import type { JourneyQuestionName } from '../../../ports/journey-desk';
import type { ThreadError } from '../thread-errors';
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
  { readonly id: number; readonly answer: object } | { readonly id: number; readonly error: ThreadError };
