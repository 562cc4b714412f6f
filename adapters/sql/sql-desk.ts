import { HubError } from '../../core/errors';
import { customersWithSql } from '../../core/frequency/attributes-sql';
import { frequencySql, type SqlContext } from '../../core/frequency/sql/answer-sql';
import { comparisonSql, readComparison } from '../../core/frequency/sql/comparison-sql';
import { listSql, readList } from '../../core/frequency/sql/list-sql';
import { readFrequencyAnswer } from '../../core/frequency/sql/read-answer';
import type { FrequencyRow } from '../../core/frequency/sql/rows-sql';
import type { JourneyCatalog } from '../../core/frequency/sql/sql-view';
import type { SqlDialect } from '../../core/sql/dialects';
import type { AskOptions, JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../../ports/journey-desk';
import type { Lake, ReadOptions } from '../../ports/lake';
import type {
  CustomerSegment,
  JourneyComparison,
  JourneyComparisonQuestion,
  JourneyFrequencyAnswer,
  JourneyFrequencyQuestion,
  JourneyList,
  JourneyListQuestion,
} from '../../schemas/frequency';
import type { JourneyReport, JourneyReportQuestion } from '../../schemas/report';
import {
  similarJourneysQuestion,
  type SimilarJourneysAnswer,
  type SimilarJourneysQuestion,
  type StepWeights,
} from '../../schemas/similarity';
import { answerBy, type Answers } from './answering-desk';
import { refuseUnknownAttributes } from './attributes';
import { customerTimeline, reportedCustomer, whoIs } from './customer-report';
import { SimilarCandidates } from './similar-candidates';

export interface SqlDeskOptions {
  readonly dialect: SqlDialect;
  /** How much steps differ where a question does not say. */
  readonly weights: StepWeights;
}

type Read = Pick<ReadOptions, 'signal'> & { readonly version: number };

/** Answers in the lake's SQL: slower than from memory, however many journeys there are. */
export class SqlDesk implements JourneyDesk {
  private readonly similarity: SimilarCandidates | undefined;

  private readonly answers: Answers<Read> = {
    frequency: (question, options) => this.frequency(question, options),
    comparison: (question, options) => this.comparison(question, options),
    list: (question, options) => this.list(question, options),
    similar: (question, options) => this.similar(question, options),
    report: (question, options) => this.report(question, options),
  };

  constructor(
    private readonly lake: Lake,
    private readonly options: SqlDeskOptions,
  ) {
    const { dialect, weights } = options;
    this.similarity = dialect.words && new SimilarCandidates(lake, { words: dialect.words, weights });
  }

  /** Whether SQL can tell: it cannot compare with stretches in the middle of journeys, nor see pauses as steps. */
  canAnswer<Name extends JourneyQuestionName>(name: Name, question: JourneyQuestions[Name]['question']): boolean {
    if (name !== 'similar' && name !== 'report') return true;
    if (this.similarity === undefined) return false;
    if (name === 'report') return (question as JourneyReportQuestion).outcome === undefined;
    const { at, pauseDays } = question as SimilarJourneysQuestion;
    return at === 'end' && pauseDays.length === 0;
  }

  async ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    options: AskOptions = {},
  ): Promise<JourneyQuestions[Name]['answer']> {
    if (!this.canAnswer(name, question)) throw needsMemory();
    const start = performance.now();
    const version = options.lakeVersion ?? (await this.lake.version());
    const read = { version, ...(options.signal === undefined ? {} : { signal: options.signal }) };
    const answer = await answerBy(this.answers, name, question, read);
    return (name === 'list' ? answer : { ...answer, timings: { sqlMs: performance.now() - start } }) as typeof answer;
  }

  async close(): Promise<void> {
    await this.lake.close();
  }

  private async frequency(question: JourneyFrequencyQuestion, read: Read): Promise<JourneyFrequencyAnswer> {
    const context = await this.contextOf(question, read);
    const { sql, view } = frequencySql(question, context);
    const answer = readFrequencyAnswer(await this.lake.rows<FrequencyRow>(sql, read), question, view);
    return { ...answer, timings: {} };
  }

  private async comparison(question: JourneyComparisonQuestion, read: Read): Promise<JourneyComparison> {
    const [catalog, a, b] = await Promise.all([
      this.catalog(question.by === 'channel' || usesChannels(question.a) || usesChannels(question.b), read),
      this.admitted(question.a.segment, 'a.segment', read),
      this.admitted(question.b.segment, 'b.segment', read),
    ]);
    const { sql, view } = comparisonSql(question, { catalog, dialect: this.options.dialect, admitted: { a, b } });
    return { ...readComparison(await this.lake.rows<FrequencyRow>(sql, read), question, view), timings: {} };
  }

  private async list(question: JourneyListQuestion, read: Read): Promise<JourneyList> {
    const { sql } = listSql(question, await this.contextOf(question, read));
    return readList(await this.lake.rows(sql, read), question);
  }

  private async similar(question: SimilarJourneysQuestion, read: Read): Promise<SimilarJourneysAnswer> {
    return { ...(await this.similarity!.find(question, await this.catalog(false, read), read)), timings: {} };
  }

  private async report(question: JourneyReportQuestion, read: Read): Promise<JourneyReport> {
    const customer = await reportedCustomer(this.lake, question, read);
    const asked = similarJourneysQuestion.parse({ customer, ...question.similar });
    const { count, active, customers, matches } = await this.similarity!.find(
      asked,
      await this.catalog(false, read),
      read,
    );
    return {
      customer,
      ...(await whoIs(this.lake, customer, read)),
      timeline: await customerTimeline(this.lake, customer, question, read),
      similar: { count, active, customers, matches },
      timings: {},
    };
  }

  private async contextOf(question: JourneyFrequencyQuestion, read: Read): Promise<SqlContext> {
    const catalog = await this.catalog(question.by === 'channel' || usesChannels(question), read);
    return { catalog, dialect: this.options.dialect, admitted: await this.admitted(question.segment, 'segment', read) };
  }

  private async catalog(withChannels: boolean, read: Read): Promise<JourneyCatalog> {
    const steps = await this.lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', read);
    const alphabet = steps.map(({ type }) => type);
    if (!withChannels) return { alphabet };
    const channels = await this.lake.rows<{ channel: string }>(
      `SELECT DISTINCT channel FROM (${this.options.dialect.journeySteps}) AS step ORDER BY channel`,
      read,
    );
    return { alphabet, channels: channels.map(({ channel }) => channel) };
  }

  /** A query for those whose attributes are asked for; undefined when none is. */
  private async admitted({ attributes }: CustomerSegment, field: string, read: Read): Promise<string | undefined> {
    if (Object.keys(attributes).length === 0) return undefined;
    await refuseUnknownAttributes(this.lake, Object.keys(attributes), field, read);
    return customersWithSql(attributes, this.lake.dialect);
  }
}

function usesChannels({ anchor }: { readonly anchor: { readonly channels: readonly string[] } }): boolean {
  return anchor.channels.length > 0;
}

function needsMemory(): HubError {
  return new HubError(
    'JOURNEYS_TOO_LARGE',
    'this question is answered from journeys in memory only: give them more with worker.journeysMemoryMb in hub.yaml',
    { field: 'worker.journeysMemoryMb' },
  );
}
