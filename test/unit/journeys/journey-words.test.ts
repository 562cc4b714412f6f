import fc from 'fast-check';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createQuestionActivities } from '../../../activities/questions';
import type { LakeJourneys } from '../../../adapters/local/journeys/load-journeys';
import { JourneyWordsCache } from '../../../adapters/local/journeys/journey-words';
import { LakeDesk } from '../../../adapters/local/journeys/lake-desk';
import type { JourneyDesk } from '../../../ports/journey-desk';
import { stepWeights } from '../../../schemas/similarity';
import { literal } from '../../../core/sql/quote';
import type {
  JourneyFrequencyAnswer,
  JourneyFrequencyInput,
  JourneyList,
  JourneyListInput,
} from '../../../schemas/frequency';
import { openTestRoom, type TestRoom } from '../../support/local-room';
import { encode, land, landedEvents, selectRows, type LandedEvent } from './lake-events';

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

/** A customer's steps, a letter each, an hour apart; capital letters happened in the app. */
function journey(customer: string, steps: string): LandedEvent[] {
  return [...steps].map((step, hour) => ({
    ...{ customer, profile: 1, file: 'a.csv', at: hour * 3600 },
    type: step.toLowerCase(),
    channel: step === step.toLowerCase() ? 'web' : 'app',
  }));
}

function activities() {
  const desk = new LakeDesk(room.lake, { weights: stepWeights.parse({}), memoryMb: 100 });
  const { analyzeJourneyFrequency, listJourneys } = createQuestionActivities({ desk, lake: room.lake });
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    new MockActivityEnvironment().run(activity, input) as Promise<Output>;
  return {
    ask: (question: JourneyFrequencyInput): Promise<JourneyFrequencyAnswer> =>
      run(analyzeJourneyFrequency, { question }),
    list: (question: JourneyListInput): Promise<JourneyList> => run(listJourneys, { question }),
  };
}

const joined = ({ journeys }: JourneyFrequencyAnswer) =>
  journeys.map(({ steps, count }) => `${steps.join(' ')}: ${count}`);

/** A night: events land, and are encoded. */
async function night(batch: string, events: readonly LandedEvent[]): Promise<void> {
  await land(room.lake, batch, events);
  await encode(room.lake, batch);
}

describe('the journeys of the lake', () => {
  beforeEach(() => night('night', [...journey('c-1', 'abX'), ...journey('c-2', 'abx'), ...journey('c-3', 'Bx')]));

  it('answer questions about types, channels and single occurrences', async () => {
    const { ask } = activities();
    expect(joined(await ask({ event: 'x' }))).toEqual(['a b x: 2', 'b x: 1']);
    expect(joined(await ask({ event: 'x', by: 'channel' }))).toEqual(['web web x: 2', 'app x: 1']);
    expect(joined(await ask({ event: 'x', anchor: { channels: ['app'] } }))).toEqual(['a b x: 1']);
  });

  it('answer about customers with an attribute, of the golden record or of a profile', async () => {
    const golden = [
      { customer_id: literal('c-1'), city: literal('Bonn') },
      { customer_id: literal('c-2'), city: literal("Xi'an") },
      { customer_id: literal('c-3'), city: literal('Bonn') },
    ];
    const profiles = [{ profile_id: literal('c-2/1'), attributes: literal('{"the plan":"gold"}'), file_row: '1' }];
    await room.lake.commit({
      key: 'who',
      writes: [
        { table: 'customers', mode: 'replace', select: selectRows('customers', golden) },
        { table: 'profiles', mode: 'append', select: selectRows('profiles', profiles) },
      ],
    });
    const { ask } = activities();
    const attributes = (given: Record<string, string[]>) => ask({ event: 'x', segment: { attributes: given } });
    expect(joined(await attributes({ city: ['Bonn'] }))).toEqual(['a b x: 1', 'b x: 1']);
    expect(joined(await attributes({ city: ["Xi'an"] }))).toEqual(['a b x: 1']);
    expect(joined(await attributes({ 'the plan': ['gold'], city: ["Xi'an"] }))).toEqual(['a b x: 1']);
    expect(await attributes({ 'the plan': ['iron'] })).toMatchObject({ journeys: [], allCustomers: 0 });
    await expect(attributes({ 'the pan': ['gold'] })).rejects.toMatchObject({
      code: 'ATTRIBUTE_UNKNOWN',
      field: 'segment.attributes.the pan',
      message: expect.stringContaining('did you mean "the plan"?'),
    });
  });

  it('open the list behind a number, page by page', async () => {
    const { list } = activities();
    const of = { journey: ['a', 'b', 'x'] };
    const first = await list({ event: 'x', of, limit: 1 });
    expect(first).toMatchObject({ total: 2, next: 1 });
    const second = await list({ event: 'x', of, limit: 1, cursor: first.next });
    expect(second.next).toBeUndefined();
    const customers = [...first.journeys, ...second.journeys].map(({ customer }) => customer);
    expect(customers.sort()).toEqual(['c-1', 'c-2']);
    expect(first.journeys[0]?.at).toBe('2026-01-01T02:00:00.000Z');
  });

  it('refuse to answer with more than a workflow can hand over', async () => {
    const journeys = Array.from({ length: 10_000 }, (_, customer) => ({ customer: `${customer} ${'x'.repeat(150)}` }));
    const desk = {
      ask: (_name: string, { limit }: { limit: number }) =>
        Promise.resolve({ total: journeys.length, journeys: journeys.slice(0, limit) }),
      close: () => Promise.resolve(),
    } as unknown as JourneyDesk;
    const { listJourneys } = createQuestionActivities({ desk, lake: room.lake });
    const list = (limit: number) =>
      new MockActivityEnvironment().run(listJourneys, { question: { event: 'q', limit } });
    await expect(list(10_000)).rejects.toMatchObject({ code: 'QUESTION_TOO_LARGE', field: 'limit' });
    await expect(list(100)).resolves.toMatchObject({ total: 10_000 });
  });

  it('refuse an event that nobody had, with the one that was meant', async () => {
    await night(
      'more',
      journey('c-4', 'x').map((event) => ({ ...event, type: 'churn' })),
    );
    await expect(activities().ask({ event: 'chrun' })).rejects.toMatchObject({
      code: 'EVENT_UNKNOWN',
      field: 'event',
      message: expect.stringContaining('did you mean "churn"?'),
    });
  });
});

/** Each customer with steps and times. */
function namesOf({ ids, indexed: { words } }: LakeJourneys) {
  return Array.from({ length: words.customers }, (_, customer) => {
    const [start, end] = [words.offsets[customer], words.offsets[customer + 1]];
    const steps = Array.from(words.steps.subarray(start, end), (letter) => words.alphabet[letter]);
    return [ids.at(customer), steps, [...words.times.subarray(start, end)]] as const;
  });
}

describe('the cache of journeys', () => {
  it('reads a version once for all who ask, and a new version when there is one', async () => {
    await night('one', journey('c-1', 'ax'));
    const cache = new JourneyWordsCache(room.lake);
    const [first, same] = await Promise.all([cache.at(undefined), cache.at(undefined)]);
    expect(same).toBe(first);
    expect(await cache.at(undefined)).toBe(first);
    await night('two', journey('c-2', 'bx'));
    expect((await cache.at(undefined)).ids.size).toBe(2);
  });

  it('reads of a new version only what changed, and holds the same as who reads all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(landedEvents, { minLength: 2, maxLength: 4 }), async (nights) => {
        const { lake, close } = await openTestRoom();
        try {
          const cache = new JourneyWordsCache(lake);
          for (const [index, events] of nights.entries()) {
            await land(lake, `night ${index}`, events);
            await encode(lake, `night ${index}`);
            const held = await cache.at(undefined);
            const fresh = await new JourneyWordsCache(lake).at(undefined);
            expect(namesOf(held)).toEqual(namesOf(fresh));
            expect(held.indexed.places).toEqual(fresh.indexed.places);
            const changed = new Set(events.map(({ customer }) => customer));
            const steps = namesOf(fresh).flatMap(([customer, own]) => (changed.has(customer) ? own : []));
            expect(held.readSteps).toBe(steps.length);
          }
        } finally {
          await close();
        }
      }),
      { numRuns: 8 },
    );
  });

  it('tries again what could not be read', async () => {
    await night('one', journey('c-1', 'ax'));
    const cache = new JourneyWordsCache(room.lake);
    await expect(cache.at(undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await cache.at(undefined)).ids.size).toBe(1);
  });

  it('goes on reading for those who wait when one of them leaves', async () => {
    await night('one', journey('c-1', 'ax'));
    const cache = new JourneyWordsCache(room.lake);
    const leaving = new AbortController();
    const [left, stayed] = [cache.at(undefined, { signal: leaving.signal }), cache.at(undefined)];
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await stayed).ids.size).toBe(1);
    const withChannels = [cache.withChannelsAt(undefined, { signal: leaving.signal }), cache.withChannelsAt(undefined)];
    await expect(withChannels[0]).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await withChannels[1])?.indexed.words.channels?.names).toEqual(['web']);
  });
});
