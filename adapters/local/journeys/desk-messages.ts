import type { JourneyQuestionName } from '../../../ports/journey-desk';
import type { LakeDeskOptions } from './lake-desk';

/** What the thread needs to know to open the lake. */
export interface DeskThreadData extends LakeDeskOptions {
  readonly lakeFolder: string;
  readonly tempFolder: string;
}

/** What is asked of the thread. */
export interface DeskQuestion {
  readonly name: JourneyQuestionName;
  readonly question: object;
  readonly lakeVersion: number | undefined;
}
