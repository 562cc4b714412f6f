import { analyzeFrequency, compareFrequency, cutSegment } from '../core/frequency/analyze-frequency';
import { didYouMean } from '../core/frequency/closest-name';
import { attributeNamesSql, customersWithSql } from '../core/frequency/attributes-sql';
import { selectJourneys } from '../core/frequency/select-journeys';
import { HubError } from '../core/errors';
import type { Lake, ReadOptions } from '../ports/lake';
import {
  journeyComparisonQuestion,
  journeyFrequencyQuestion,
  journeyListQuestion,
  type CustomerSegment,
  type JourneyComparison,
  type JourneyComparisonInput,
  type JourneyFrequencyAnswer,
  type JourneyFrequencyInput,
  type JourneyFrequencyQuestion,
  type JourneyList,
  type JourneyListInput,
} from '../schemas/frequency';
import { cancellation, heartbeat } from './context';
import type { JourneyWordsCache } from './journey-words';
import { type LakeJourneys } from './journey-words';

export interface JourneyFrequencyRequest {
  readonly question: JourneyFrequencyInput;
  /** The lake's version to answer from; the newest by default. */
  readonly lakeVersion?: number;
}

export interface JourneyComparisonRequest {
  readonly question: JourneyComparisonInput;
  readonly lakeVersion?: number;
}

export interface JourneyListRequest {
  readonly question: JourneyListInput;
  readonly lakeVersion?: number;
}

/** What tells whether a question needs the channels of steps. */
interface ChannelUse {
  readonly by: JourneyFrequencyQuestion['by'];
  readonly anchor: Pick<JourneyFrequencyQuestion['anchor'], 'channels'>;
}

/** Analyses from the journey words, which stay in memory while the journeys are the same. */
export function createFrequencyActivities({ lake, journeys }: { lake: Lake; journeys: JourneyWordsCache }) {
  const load = (question: ChannelUse, version: number | undefined) => {
    const options = {
      signal: cancellation(),
      onProgress: (done: number) => heartbeat({ stage: 'journeys', unit: 'steps', done }),
    };
    const needsChannels = question.by === 'channel' || question.anchor.channels.length > 0;
    return needsChannels ? journeys.withChannelsAt(version, options) : journeys.at(version, options);
  };
  return {
    /** @throws ZodError, and HubError as `analyzeFrequency` does, each naming the field */
    async analyzeJourneyFrequency(request: JourneyFrequencyRequest): Promise<JourneyFrequencyAnswer> {
      const question = journeyFrequencyQuestion.parse(request.question, { reportInput: true });
      const start = performance.now();
      const loaded = await load(question, request.lakeVersion);
      const admitted = await admittedOf(lake, loaded, question.segment);
      const loadedAt = performance.now();
      const answer = analyzeFrequency(loaded.indexed, question, admitted);
      return { ...answer, timings: { loadMs: loadedAt - start, countMs: performance.now() - loadedAt } };
    },

    /** What two sides do differently. Throws as the analysis itself does. */
    async compareJourneyFrequency(request: JourneyComparisonRequest): Promise<JourneyComparison> {
      const question = journeyComparisonQuestion.parse(request.question, { reportInput: true });
      const start = performance.now();
      const channels = [...question.a.anchor.channels, ...question.b.anchor.channels];
      const loaded = await load({ by: question.by, anchor: { channels } }, request.lakeVersion);
      const [a, b] = await Promise.all([
        admittedOf(lake, loaded, question.a.segment, 'a.segment'),
        admittedOf(lake, loaded, question.b.segment, 'b.segment'),
      ]);
      const loadedAt = performance.now();
      const answer = compareFrequency(loaded.indexed, question, {
        ...(a === undefined ? {} : { a }),
        ...(b === undefined ? {} : { b }),
      });
      return { ...answer, timings: { loadMs: loadedAt - start, countMs: performance.now() - loadedAt } };
    },

    /** The journeys behind one number of an answer, a page at a time. Throws as the analysis itself does. */
    async listJourneys(request: JourneyListRequest): Promise<JourneyList> {
      const { of, limit, cursor, ...question } = journeyListQuestion.parse(request.question, { reportInput: true });
      const loaded = await load(question, request.lakeVersion);
      const { words } = loaded.indexed;
      const { cut } = cutSegment(loaded.indexed, question, await admittedOf(lake, loaded, question.segment));
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
    },
  };
}

/** By customer, 1 for those whose attributes are asked for; undefined when none is. */
async function admittedOf(
  lake: Lake,
  { ids, version }: LakeJourneys,
  segment: CustomerSegment,
  field = 'segment',
): Promise<Uint8Array | undefined> {
  if (Object.keys(segment.attributes).length === 0) return undefined;
  const read = { version, signal: cancellation() };
  await refuseUnknown(lake, Object.keys(segment.attributes), field, read);
  const admitted = new Uint8Array(ids.size);
  for await (const { columns } of lake.stream(customersWithSql(segment.attributes), read)) {
    const found = columns['customer_id'] as ArrayLike<string>;
    for (let index = 0; index < found.length; index++) {
      const customer = ids.indexOf(found[index] as string);
      if (customer >= 0) admitted[customer] = 1;
    }
  }
  return admitted;
}

/** An attribute that nobody has is a slip of the pen rather than an empty segment. */
async function refuseUnknown(lake: Lake, names: readonly string[], at: string, read: ReadOptions): Promise<void> {
  const known = (await lake.rows<{ name: string }>(attributeNamesSql, read)).map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const field = `${at}.attributes.${unknown}`;
  throw new HubError('ATTRIBUTE_UNKNOWN', `${field}: no customer has this attribute${didYouMean(unknown, known)}`, {
    field,
  });
}
