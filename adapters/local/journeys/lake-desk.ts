import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../../core/errors';
import { analyzeFrequency, compareFrequency, cutSegment } from '../../../core/frequency/analyze-frequency';
import { customersWithSql } from '../../../core/frequency/attributes-sql';
import { selectJourneys } from '../../../core/frequency/select-journeys';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { analyzeSimilar } from '../../../core/similarity/similar-journeys';
import type { AskOptions, JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../../../ports/journey-desk';
import type { Lake } from '../../../ports/lake';
import type {
  CustomerSegment,
  JourneyComparison,
  JourneyComparisonQuestion,
  JourneyFrequencyAnswer,
  JourneyFrequencyQuestion,
  JourneyList,
  JourneyListQuestion,
} from '../../../schemas/frequency';
import type { JourneyReport, JourneyReportQuestion } from '../../../schemas/report';
import {
  similarJourneysQuestion,
  type SimilarJourneysAnswer,
  type SimilarJourneysInput,
  type SimilarJourneysQuestion,
  type StepWeights,
} from '../../../schemas/similarity';
import { answerBy, type Answers } from '../../sql/answering-desk';
import { refuseUnknownAttributes } from '../../sql/attributes';
import { customerTimeline, reportedCustomer, whoIs } from '../../sql/customer-report';
import { SqlDesk } from '../../sql/sql-desk';
import { JourneyWordsCache } from './journey-words';
import type { LakeJourneys } from './load-journeys';
import { SimilarityIndexes } from './similarity-indexes';

export interface LakeDeskOptions {
  /** How much steps differ where a question does not say. */
  readonly weights: StepWeights;
  /** Memory that the journeys may take, in MB. */
  readonly memoryMb: number;
  /** How long a question waits for journeys that are being read, before SQL answers it; by default a second. */
  readonly patienceMs?: number;
}

/** What tells whether a question needs the channels of steps. */
interface ChannelUse {
  readonly by: JourneyFrequencyQuestion['by'];
  readonly anchor: Pick<JourneyFrequencyQuestion['anchor'], 'channels'>;
}

/** How long a question waits for journeys that are being read, before SQL answers it. */
const PATIENCE_MS = 1_000;

/**
 * Answers from journey words in this process's memory, where they stay as long as the lake's journeys are the same. While
 * they are being read, and where they do not fit, SQL answers what it can.
 */
export class LakeDesk implements JourneyDesk {
  private readonly journeys: JourneyWordsCache;
  private readonly indexes: SimilarityIndexes;
  private readonly sql: SqlDesk;
  private readonly patienceMs: number;

  private readonly answers: Answers<AskOptions> = {
    frequency: (question, options) => this.frequency(question, options),
    comparison: (question, options) => this.comparison(question, options),
    list: (question, options) => this.list(question, options),
    similar: (question, options) => this.similar(question, options),
    report: (question, options) => this.report(question, options),
  };

  constructor(
    private readonly lake: Lake,
    { weights, memoryMb, patienceMs = PATIENCE_MS }: LakeDeskOptions,
  ) {
    this.journeys = new JourneyWordsCache(lake, memoryMb);
    this.indexes = new SimilarityIndexes(weights);
    this.sql = new SqlDesk(lake, { dialect: duckDbDialect, weights });
    this.patienceMs = patienceMs;
  }

  async ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    options: AskOptions = {},
  ): Promise<JourneyQuestions[Name]['answer']> {
    return (await this.isForSql(name, question, options))
      ? this.sql.ask(name, question, options)
      : answerBy(this.answers, name, question, options);
  }

  async close(): Promise<void> {
    await this.lake.close();
  }

  /** Lists are for SQL only where nothing else is: their pages are in the order of whoever answers. */
  private async isForSql<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    options: AskOptions,
  ): Promise<boolean> {
    if (!this.sql.canAnswer(name, question) || (await this.journeys.isAtHand(options.lakeVersion))) return false;
    const patience = new AbortController();
    try {
      const loaded = this.journeys.at(options.lakeVersion, options).then(() => false);
      if (name === 'list') return await loaded;
      const late = delay(this.patienceMs, true, { signal: patience.signal }).catch(() => true);
      return await Promise.race([loaded, late]);
    } catch (error) {
      if (error instanceof HubError && error.code === 'JOURNEYS_TOO_LARGE') return true;
      throw error;
    } finally {
      patience.abort();
    }
  }

  private async frequency(question: JourneyFrequencyQuestion, options: AskOptions): Promise<JourneyFrequencyAnswer> {
    const start = performance.now();
    const loaded = await this.load(question, options);
    const admitted = await this.admitted(loaded, question.segment, options);
    await stillWanted(options);
    const loadedAt = performance.now();
    const answer = analyzeFrequency(loaded.indexed, question, admitted);
    return { ...answer, timings: { loadMs: loadedAt - start, countMs: performance.now() - loadedAt } };
  }

  private async comparison(question: JourneyComparisonQuestion, options: AskOptions): Promise<JourneyComparison> {
    const start = performance.now();
    const channels = [...question.a.anchor.channels, ...question.b.anchor.channels];
    const loaded = await this.load({ by: question.by, anchor: { channels } }, options);
    const [a, b] = await Promise.all([
      this.admitted(loaded, question.a.segment, options, 'a.segment'),
      this.admitted(loaded, question.b.segment, options, 'b.segment'),
    ]);
    await stillWanted(options);
    const loadedAt = performance.now();
    const answer = compareFrequency(loaded.indexed, question, {
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
    });
    return { ...answer, timings: { loadMs: loadedAt - start, countMs: performance.now() - loadedAt } };
  }

  private async list(asked: JourneyListQuestion, options: AskOptions): Promise<JourneyList> {
    const { of, limit, cursor, ...question } = asked;
    const loaded = await this.load(question, options);
    const { words } = loaded.indexed;
    const admitted = await this.admitted(loaded, question.segment, options);
    await stillWanted(options);
    const { cut } = cutSegment(loaded.indexed, question, admitted);
    const meant = of === undefined ? cut : selectJourneys(cut, question.as, of);
    const total = meant.customers.length;
    const page = meant.customers.subarray(cursor, cursor + limit);
    return {
      total,
      journeys: Array.from(page, (customer, index) => ({
        customer: loaded.ids.at(customer),
        at: new Date(words.times[meant.anchors[cursor + index] as number] as number).toISOString(),
      })),
      ...(cursor + limit < total ? { next: cursor + limit } : {}),
    };
  }

  private async similar(question: SimilarJourneysQuestion, options: AskOptions): Promise<SimilarJourneysAnswer> {
    const start = performance.now();
    const loaded = await this.journeys.at(options.lakeVersion, options);
    const asker = question.customer === undefined ? undefined : customerOf(loaded, question.customer);
    await stillWanted(options);
    const loadedAt = performance.now();
    const answer = this.similarTo(loaded, question, asker);
    return { ...answer, timings: { loadMs: loadedAt - start, compareMs: performance.now() - loadedAt } };
  }

  private async report(question: JourneyReportQuestion, options: AskOptions): Promise<JourneyReport> {
    const start = performance.now();
    const loaded = await this.journeys.at(options.lakeVersion, options);
    const read = { version: loaded.version, ...(options.signal === undefined ? {} : { signal: options.signal }) };
    const id = await reportedCustomer(this.lake, question, read);
    const customer = customerOf(loaded, id);
    const timeline = await customerTimeline(this.lake, id, question, read);
    const who = await whoIs(this.lake, id, read);
    await stillWanted(options);
    const loadedAt = performance.now();
    const ask = (asked: SimilarJourneysInput) => this.similarTo(loaded, similarJourneysQuestion.parse(asked), customer);
    const { count, active, customers, matches } = ask({ customer: id, ...question.similar });
    const { outcome } = question;
    const point =
      outcome === undefined
        ? undefined
        : ask({
            customer: id,
            at: 'anywhere',
            steps: outcome.steps,
            outcome: { event: outcome.event, withinDays: outcome.withinDays },
            limit: 0,
          });
    return {
      customer: id,
      ...who,
      timeline,
      similar: { count, active, customers, matches },
      ...(point?.outcome === undefined ? {} : { outcome: { ...point.outcome, matched: point.count } }),
      timings: { loadMs: loadedAt - start, compareMs: performance.now() - loadedAt },
    };
  }

  private similarTo(loaded: LakeJourneys, question: SimilarJourneysQuestion, asker: number | undefined) {
    const answer = analyzeSimilar(this.indexes.dataFor(loaded.indexed.words, question), question, asker);
    return {
      ...answer,
      matches: answer.matches.map((match) => ({ ...match, customer: loaded.ids.at(match.customer) })),
    };
  }

  private load(question: ChannelUse, options: AskOptions): Promise<LakeJourneys> {
    const needsChannels = question.by === 'channel' || question.anchor.channels.length > 0;
    return needsChannels
      ? this.journeys.withChannelsAt(options.lakeVersion, options)
      : this.journeys.at(options.lakeVersion, options);
  }

  /** By customer, 1 for those whose attributes are asked for; undefined when none is. */
  private async admitted(
    { ids, version }: LakeJourneys,
    { attributes }: CustomerSegment,
    { signal }: AskOptions,
    field = 'segment',
  ): Promise<Uint8Array | undefined> {
    if (Object.keys(attributes).length === 0) return undefined;
    const read = { version, ...(signal === undefined ? {} : { signal }) };
    await refuseUnknownAttributes(this.lake, Object.keys(attributes), field, read);
    const admitted = new Uint8Array(ids.size);
    for await (const { columns } of this.lake.stream(customersWithSql(attributes, this.lake.dialect), read)) {
      const found = columns['customer_id'] as ArrayLike<string>;
      for (let index = 0; index < found.length; index++) {
        const customer = ids.indexOf(found[index] as string);
        if (customer >= 0) admitted[customer] = 1;
      }
    }
    return admitted;
  }
}

function customerOf({ ids }: LakeJourneys, id: string): number {
  const customer = ids.indexOf(id);
  if (customer >= 0) return customer;
  throw new HubError('CUSTOMER_UNKNOWN', `customer: the hub knows no journey of "${id}"`, { field: 'customer' });
}

/** Computing is not interrupted: what was called off in the meantime is heard of before. */
async function stillWanted({ signal }: AskOptions): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new HubError('CANCELLED', 'the question was cancelled');
}
