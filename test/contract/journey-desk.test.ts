import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createQuestionActivities } from '../../activities/questions';
import { LakeDesk } from '../../adapters/local/journeys/lake-desk';
import { ThreadedDesk } from '../../adapters/local/journeys/threaded-desk';
import type { JourneyDesk } from '../../ports/journey-desk';
import { journeyFrequencyQuestion } from '../../schemas/frequency';
import {
  similarJourneysQuestion,
  stepWeights,
  type SimilarJourneysAnswer,
  type SimilarJourneysInput,
} from '../../schemas/similarity';
import { literal } from '../../core/sql/quote';
import { journeyReportQuestion, type JourneyReport, type JourneyReportInput } from '../../schemas/report';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { encode, land, selectRows, type LandedEvent } from '../unit/journeys/lake-events';

const DAY_S = 86_400;
const weights = stepWeights.parse({ pairs: [{ steps: ['y', 'z'], cost: 0.25 }] });

/** A customer's steps, a letter each, a day apart. */
function journey(customer: string, steps: string, firstDay = 0): LandedEvent[] {
  return [...steps].map((type, day) => ({
    ...{ customer, profile: 1, file: 'a.csv', at: (firstDay + day) * DAY_S, type, channel: 'web' },
  }));
}

const customers = [
  ...journey('asker', 'abcde'),
  ...journey('same', 'abcde', 40),
  ...journey('near', 'abcdf', 40),
  ...journey('was-there', 'abcdexxxxxx!'),
  ...journey('was-there-too', 'xabcdexxxxxx', 33),
  ...journey('other', 'mnop', 45),
];

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
  await land(room.lake, 'night', customers);
  await encode(room.lake, 'night');
  await room.lake.commit({
    key: 'who',
    writes: [
      {
        table: 'customers',
        mode: 'append',
        select: selectRows('customers', [{ customer_id: literal('asker'), given_name: literal('Ada') }]),
      },
      {
        table: 'profiles',
        mode: 'append',
        select: selectRows('profiles', [
          { profile_id: literal('asker/1'), source: literal('s'), external_id: literal('crm-7') },
        ]),
      },
    ],
  });
});
afterAll(() => room.close());

const desks: Readonly<Record<string, () => JourneyDesk>> = {
  'in process': () => new LakeDesk(room.lake, { weights, memoryMb: 100 }),
  'in a thread': () =>
    new ThreadedDesk({
      lakeFolder: join(room.folder, 'lake'),
      tempFolder: join(room.folder, 'tmp'),
      ...{ weights, memoryMb: 100 },
    }),
  'in SQL, as nothing fits in memory': () => new LakeDesk(room.lake, { weights, memoryMb: 0 }),
};

const found = ({ matches }: SimilarJourneysAnswer) =>
  matches.map(({ customer, similarity }) => `${customer} ${similarity.toFixed(2)}`);

describe.each(Object.keys(desks))('journey desk, %s', (kind) => {
  const hasMemory = !kind.startsWith('in SQL');
  const itInMemory = hasMemory ? it : it.skip;
  let desk: JourneyDesk;
  beforeAll(() => {
    desk = (desks[kind] as () => JourneyDesk)();
  });
  afterAll(async () => {
    if (kind === 'in a thread') await desk.close();
  });

  const similar = (question: SimilarJourneysInput) =>
    desk.ask('similar', similarJourneysQuestion.parse({ weights: {}, ...question }));

  it('compares the last steps, the asker left out, and says who is active', async () => {
    const answer = await similar({ customer: 'asker', activeDays: 4 });
    expect(found(answer)).toEqual(['same 1.00', 'near 0.80']);
    expect(answer).toMatchObject({ count: 2, active: 2, customers: 5, journey: [...'abcde'] });
    expect(answer.matches[1]).toMatchObject({ at: '2026-02-14T00:00:00.000Z', active: true });
    expect(answer.matches[1]?.alignment.at(-1)).toEqual({ op: 'replaced', from: 'e', to: 'f', cost: 1 });
  });

  it('pages through the matches, and counts all', async () => {
    const first = await similar({ customer: 'asker', limit: 1 });
    expect(first).toMatchObject({ count: 2, next: 1 });
    const second = await similar({ customer: 'asker', limit: 1, cursor: 1 });
    expect(found(second)).toEqual(['near 0.80']);
    expect(second.next).toBeUndefined();
    // Who lists none would come to the same page for ever.
    expect((await similar({ customer: 'asker', limit: 0 })).next).toBeUndefined();
  });

  it('gives the nearest, however far they are', async () => {
    expect(found(await similar({ journey: [...'mnop'], nearest: 2 }))).toEqual(['other 1.00', 'asker 0.00']);
  });

  itInMemory('finds who was once at this point, and what followed', async () => {
    const outcome = { event: '!', withinDays: 10 };
    const answer = await similar({ journey: [...'abcde'], at: 'anywhere', minSimilarity: 1, outcome });
    // The asker's own journey is one as any other: the question is about a journey that was made up.
    expect(found(answer)).toEqual(['asker 1.00', 'same 1.00', 'was-there 1.00', 'was-there-too 1.00']);
    // Three had ten days after it; one of them had the event.
    expect(answer.outcome).toMatchObject({ count: 1, of: 3, untold: 1, base: { count: 0, of: 3 } });
    expect(answer.matches.map(({ outcome: followed }) => followed)).toEqual([false, undefined, true, false]);
  });

  it('weighs steps as the hub does, unless the question says otherwise', async () => {
    const question = { journey: ['a', 'b', 'c', 'd', 'y'], minSimilarity: 0.9 };
    await expect(desk.ask('similar', similarJourneysQuestion.parse(question))).rejects.toMatchObject({
      code: 'EVENT_UNKNOWN',
      field: 'journey.4',
    });
    const cheap = { pairs: [{ steps: ['e', 'f'] as [string, string], cost: 0.25 }] };
    expect(found(await similar({ customer: 'asker', minSimilarity: 0.9, weights: cheap }))).toEqual([
      'same 1.00',
      'near 0.95',
    ]);
  });

  itInMemory('takes pauses for steps when asked to', async () => {
    const slow = { journey: ['d', 'pause of 1 day', 'e'], pauseDays: [1], steps: 3, minSimilarity: 1 };
    expect(found(await similar(slow))).toEqual(['asker 1.00', 'same 1.00']);
    await expect(similar({ ...slow, pauseDays: [] })).rejects.toMatchObject({ field: 'journey.1' });
    expect(found(await similar({ customer: 'asker', pauseDays: [30] }))).toEqual(['same 1.00', 'near 0.80']);
  });

  it('refuses a customer nobody knows', async () => {
    await expect(similar({ customer: 'nobody' })).rejects.toMatchObject({
      code: 'CUSTOMER_UNKNOWN',
      field: 'customer',
    });
  });

  it('answers the other questions too', async () => {
    const answer = await desk.ask('frequency', journeyFrequencyQuestion.parse({ event: 'e', steps: 2 }));
    expect(answer.journeys).toMatchObject([{ steps: ['d', 'e'], count: 4 }]);
  });

  it('reports on one customer, known by the id of a source', async () => {
    const profile = { source: 's', id: 'crm-7' };
    const report = await desk.ask(
      'report',
      journeyReportQuestion.parse({
        profile,
        limit: 2,
        ...(hasMemory ? { outcome: { event: '!', withinDays: 10 } } : {}),
      }),
    );
    expect(report).toMatchObject({
      customer: 'asker',
      attributes: { given_name: 'Ada' },
      profiles: [{ source: 's', id: 'crm-7' }],
      timeline: {
        total: 5,
        steps: [{ step: 'e', channel: 'web', at: '2026-01-05T00:00:00.000Z' }, { step: 'd' }],
        next: 2,
      },
      similar: { count: 2, matches: [{ customer: 'same' }, { customer: 'near' }] },
      // At 0.8, whoever got to the fourth step was at this point, too.
      ...(hasMemory ? { outcome: { matched: 4, count: 1, of: 2 } } : {}),
    });
    const older = await desk.ask('report', journeyReportQuestion.parse({ customer: 'asker', limit: 10, cursor: 2 }));
    expect(older.timeline).toMatchObject({ steps: [{ step: 'c' }, { step: 'b' }, { step: 'a' }] });
    expect(older.timeline.next).toBeUndefined();
    const nobody = journeyReportQuestion.parse({ profile: { source: 's', id: 'nobody' } });
    await expect(desk.ask('report', nobody)).rejects.toMatchObject({ code: 'CUSTOMER_UNKNOWN', field: 'profile' });
  });

  it('stops waiting when the question is cancelled', async () => {
    const controller = new AbortController();
    const question = journeyFrequencyQuestion.parse({ event: 'e' });
    const asked = desk.ask('frequency', question, { signal: controller.signal });
    controller.abort();
    // It may have been answered in this very moment; it never hangs.
    await expect(
      asked.then(
        () => 'CANCELLED',
        ({ code }: { code: string }) => code,
      ),
    ).resolves.toBe('CANCELLED');
  });
});

describe('the memory for journeys', () => {
  it('is bounded: what SQL cannot tell is refused', async () => {
    const desk = new LakeDesk(room.lake, { weights, memoryMb: 0 });
    const question = similarJourneysQuestion.parse({ customer: 'asker', at: 'anywhere' });
    await expect(desk.ask('similar', question)).rejects.toMatchObject({
      code: 'JOURNEYS_TOO_LARGE',
      field: 'worker.journeysMemoryMb',
    });
  });

  it('is not waited for: SQL answers the same until the journeys are read', async () => {
    const desk = new LakeDesk(room.lake, { weights, memoryMb: 100, patienceMs: 0 });
    const question = journeyFrequencyQuestion.parse({ event: 'e', steps: 2, tree: {} });
    const { timings, ...answer } = await desk.ask('frequency', question);
    expect(timings).toEqual({ sqlMs: expect.any(Number) });
    // This one needs them, and so waits.
    await desk.ask('similar', similarJourneysQuestion.parse({ customer: 'asker', at: 'anywhere', weights: {} }));
    const { timings: later, ...same } = await desk.ask('frequency', question);
    expect(later).toEqual({ loadMs: expect.any(Number), countMs: expect.any(Number) });
    expect(same).toEqual(answer);
  });
});

it('starts the thread again after it ended', async () => {
  const desk = (desks['in a thread'] as () => JourneyDesk)();
  const question = journeyFrequencyQuestion.parse({ event: 'e', steps: 2 });
  const first = await desk.ask('frequency', question);
  await desk.close();
  expect(await desk.ask('frequency', question)).toEqual({ ...first, timings: expect.any(Object) });
  await desk.close();
});

describe('what came since the journeys were made', () => {
  it('is in a report at its place in the timeline, by either name of the customer', async () => {
    const late = { customer: 'asker', profile: 1, file: 'b.csv', channel: 'web' };
    await land(room.lake, 'by day', [
      { ...late, at: 2.5 * DAY_S, type: 'late' },
      { ...late, at: 9 * DAY_S, type: 'new' },
      ...journey('other', 'z', 60),
    ]);
    const { reportJourney } = createQuestionActivities({ lake: room.lake, desk: desks['in process']!() });
    const report = (question: JourneyReportInput): Promise<JourneyReport> =>
      new MockActivityEnvironment().run(reportJourney, { question });
    const { timeline } = await report({ profile: { source: 's', id: 'crm-7' }, limit: 3 });
    expect(timeline).toMatchObject({
      total: 7,
      steps: [{ step: 'new', channel: 'web', at: '2026-01-10T00:00:00.000Z' }, { step: 'e' }, { step: 'd' }],
      next: 3,
    });
    const older = await report({ customer: 'asker', limit: 10, cursor: 3 });
    expect(older.timeline.steps.map(({ step }) => step)).toEqual(['late', 'c', 'b', 'a']);
    expect(older.timeline.next).toBeUndefined();
    await expect(report({ profile: { source: 's', id: 'nobody' } })).rejects.toMatchObject({
      code: 'CUSTOMER_UNKNOWN',
    });
  });
});
