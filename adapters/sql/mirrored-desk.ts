import type { LakeTable } from '../../core/lake/tables';
import type { AskOptions, JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../../ports/journey-desk';
import type { Lake } from '../../ports/lake';
import type { LakeMirror } from './lake/lake-mirror';
import type { SqlDesk } from './sql-desk';

/** What questions about journeys are answered from. */
export const ANSWERED_FROM: readonly LakeTable[] = ['journeys', 'steps', 'identities', 'customers', 'profiles'];

export interface MirroredDeskParts {
  readonly lake: Lake;
  readonly sql: SqlDesk;
  readonly mirror: LakeMirror;
  /** Answers from memory, of the mirror. */
  readonly memory: JourneyDesk;
}

/** Answers in the lake's SQL, and what SQL cannot tell from memory, of a mirror that is made when it is first needed. */
export class MirroredDesk implements JourneyDesk {
  constructor(private readonly desk: MirroredDeskParts) {}

  async ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    options: AskOptions = {},
  ): Promise<JourneyQuestions[Name]['answer']> {
    const { lake, sql, mirror, memory } = this.desk;
    if (sql.canAnswer(name, question)) return sql.ask(name, question, options);
    const version = options.lakeVersion ?? (await lake.version());
    return memory.ask(name, question, { ...options, lakeVersion: await mirror.follow(version, options.signal) });
  }

  /** The lake is closed by whoever opened it. */
  close(): Promise<void> {
    return this.desk.memory.close();
  }
}
