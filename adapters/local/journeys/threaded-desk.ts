import type { AskOptions, JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../../../ports/journey-desk';
import { AskedThread } from '../threads/asked-thread';
import { builtScript } from '../threads/built-script';
import type { DeskQuestion, DeskThreadData } from './desk-messages';

/** A desk in a thread of its own, where journeys of millions of customers are counted. */
export class ThreadedDesk implements JourneyDesk {
  private readonly thread: AskedThread<DeskQuestion, object>;

  constructor(workerData: DeskThreadData) {
    this.thread = new AskedThread({
      script: builtScript('journeys/desk-thread'),
      workerData,
      title: 'questions about journeys',
      endedCode: 'JOURNEYS_UNAVAILABLE',
    });
  }

  async ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    { lakeVersion, signal }: AskOptions = {},
  ): Promise<JourneyQuestions[Name]['answer']> {
    return (await this.thread.ask({ name, question, lakeVersion }, signal)) as JourneyQuestions[Name]['answer'];
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
