import fc from 'fast-check';
import { loadKernel } from '../../../adapters/local/kernels';
import { analyzeFrequency, cutSegment } from '../../../core/frequency/analyze-frequency';
import { cutJourneys } from '../../../core/frequency/cut-journeys';
import { FrequencyKernel } from '../../../core/frequency/frequency-kernel';
import { frequencyLimits } from '../../../core/frequency/limits';
import { selectJourneys } from '../../../core/frequency/select-journeys';
import { stepView } from '../../../core/frequency/step-view';
import { indexWords } from '../../../core/journeys/step-places';
import { JourneyWordsBuilder } from '../../../core/journeys/words';
import {
  journeyFrequencyQuestion,
  type JourneyFrequencyInput,
  type JourneyFrequencyQuestion,
  type JourneySelection,
} from '../../../schemas/frequency';
import { checkTree, isInSegment, naiveJourneys, nearestRank, type NaiveJourney } from './analysis-reference';
import { anything, eventRows, questions, wordsOf } from './event-rows';
import { journeysOf, naiveFrequency, type EventRow } from './reference';

const indexed = (rows: readonly EventRow[]) => indexWords(wordsOf(rows));
const ask = (rows: readonly EventRow[], question: JourneyFrequencyInput) =>
  analyzeFrequency(indexed(rows), journeyFrequencyQuestion.parse(question));

/** One customer a string, a step a character, an hour apart. */
function rowsOf(...journeys: string[]): EventRow[] {
  return journeys.flatMap((journey, customer) =>
    [...journey].map((event, hour) => ({ customer: String(customer), time: hour * 3_600_000, event, channel: 'web' })),
  );
}

const joined = ({ journeys }: { journeys: readonly { steps: readonly string[]; count: number }[] }) =>
  journeys.map(({ steps, count }) => `${steps.join('')} ${count}`);

describe('analyzeFrequency', () => {
  it('equals the naive reference of the plain question', () => {
    fc.assert(
      fc.property(eventRows, questions, (rows, question) => {
        fc.pre(rows.some(({ event }) => event === question.event));
        expect(ask(rows, question)).toMatchObject(naiveFrequency(rows, question));
      }),
      { numRuns: 300 },
    );
  });

  it('equals the naive reference whatever is asked', () => {
    fc.assert(
      fc.property(anything, ({ rows, question }) => {
        const journeys = naiveJourneys(rows, question);
        const answer = analyzeFrequency(indexed(rows), question);
        const looked = [...journeysOf(rows).values()].filter((own) => isInSegment(own, question)).length;
        expect(answer).toMatchObject({
          journeysCounted: journeys.length,
          customers: new Set(journeys.map(({ customer }) => customer)).size,
          allCustomers: looked,
        });
        for (const listed of answer.journeys) checkListed(listed, journeys, question, looked);
        expect(answer.journeys).toHaveLength(Math.min(question.top, new Set(journeys.map(keyOf)).size));
        checkDropOff(answer.dropOff ?? [], journeys, question);
        if (journeys.length > 0) checkTree(answer.tree!, [], journeys);
        else expect(answer.tree).toBeUndefined();
        const steps = journeys.flatMap(({ outwards }) => outwards);
        for (const { step, count } of answer.steps ?? [])
          expect(steps.filter((one) => one === step)).toHaveLength(count);
        expect(answer.steps?.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
      }),
      { numRuns: 600 },
    );
  });

  it('opens the list behind every number, as long as the number', () => {
    fc.assert(
      fc.property(anything, ({ rows, question }) => {
        const words = indexed(rows);
        const answer = analyzeFrequency(words, question);
        const { cut } = cutSegment(words, question);
        const listed = (selection: JourneySelection) => selectJourneys(cut, question.as, selection).customers.length;
        for (const { steps, count } of answer.journeys) expect(listed({ journey: steps })).toBe(count);
        for (const { offset, step, count } of answer.positions) expect(listed({ offset, step })).toBe(count);
        for (const { offset, continued, ended } of answer.dropOff ?? []) {
          expect(listed({ offset, outcome: 'continued' })).toBe(continued);
          expect(listed({ offset, outcome: 'ended' })).toBe(ended);
        }
        const visit = (node: NonNullable<typeof answer.tree>, above: string[]): void => {
          const path = [...above, node.step];
          const shown = node.children.map(({ step }) => step);
          expect(listed({ path, outcome: 'any', shown: [] })).toBe(node.count);
          expect(listed({ path, outcome: 'ended', shown: [] })).toBe(node.ended);
          expect(listed({ path, outcome: 'cut', shown: [] })).toBe(node.cut);
          expect(listed({ path, outcome: 'other', shown })).toBe(node.other?.count ?? 0);
          const shares = node.ended + node.cut + (node.other?.count ?? 0);
          expect(node.children.reduce((sum, { count }) => sum + count, shares)).toBe(node.count);
          for (const child of node.children) visit(child, path);
        };
        if (answer.tree !== undefined) visit(answer.tree, []);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts journeys at the first event of interest, and counts equal ones', () => {
    const rows = rowsOf('abcxdx', 'bcxx', 'x', 'abc');
    expect(joined(ask(rows, { event: 'x', steps: 3 }))).toEqual(['bcx 2', 'x 1']);
    expect(joined(ask(rows, { event: 'x', as: 'start', steps: 3 }))).toEqual(['x 1', 'xdx 1', 'xx 1']);
  });

  it('makes one step of repeats, and says how many they were on average', () => {
    const { journeys } = ask(rowsOf('aaax', 'ax', 'bax'), { event: 'x', repeats: 'collapse' });
    expect(journeys).toMatchObject([
      { steps: ['a', 'x'], count: 2, repeats: [2, 1] },
      { steps: ['b', 'a', 'x'], count: 1, repeats: [1, 1, 1] },
    ]);
  });

  it('orders equally frequent journeys by code points, step by step', () => {
    const answer = ask(rowsOf('😀x', '\uFFFDx', 'zx', 'x', 'azx'), { event: 'x' });
    expect(joined(answer)).toEqual(['azx 1', 'x 1', 'zx 1', '\uFFFDx 1', '😀x 1']);
  });

  it('never takes two steps for one whose name holds a separator', () => {
    const at = (customer: string, ...events: string[]) =>
      events.map((event, time) => ({ customer, time, event, channel: 'web' }));
    const rows = [...at('1', 'a>b', 'x'), ...at('2', 'a', 'b', 'x')];
    expect(ask(rows, { event: 'x' }).journeys).toHaveLength(2);
  });

  it('cuts the same journeys in the kernel', () => {
    const module = loadKernel('frequency');
    expect(module).toBeDefined();
    const plainQuestions = fc.record({ question: questions, occurrence: fc.constantFrom('first', 'last', 'every') });
    fc.assert(
      fc.property(eventRows, plainQuestions, (rows, { question, occurrence }) => {
        fc.pre(rows.some(({ event }) => event === question.event));
        const asked = journeyFrequencyQuestion.parse({ ...question, occurrence });
        const plain = indexed(rows);
        const inKernel = FrequencyKernel.load(plain, module!);
        expect(inKernel.kernel).toBeDefined();
        const view = stepView(plain.words, asked);
        expect(cutJourneys(inKernel, view, asked)).toEqual(cutJourneys(plain, view, asked));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a question that would look at too many steps, with the estimate', () => {
    const builder = new JourneyWordsBuilder(['a']);
    builder.appendLengths([3_100_000]);
    builder.appendSteps(new Uint8Array(3_100_000), new Float64Array(3_100_000));
    const words = indexWords(builder.build());
    const question = journeyFrequencyQuestion.parse({ event: 'a', occurrence: 'every', steps: 100 });
    expect(() => analyzeFrequency(words, question)).toThrow(
      expect.objectContaining({
        code: 'QUESTION_TOO_LARGE',
        field: 'steps',
        message: expect.stringContaining('3100000'),
      }),
    );
  });

  it('answers with zeros when the segment is empty', () => {
    const answer = ask(rowsOf('abx'), { event: 'x', segment: { had: ['a'], hadNot: ['a'] }, tree: {} });
    const nothing = { journeys: [], positions: [], customers: 0, journeysCounted: 0, allCustomers: 0, steps: [] };
    expect(answer).toEqual({ ...nothing, dropOff: [] });
  });

  it.each([
    ['event', { event: 'chrun' }, 'event: no customer ever had "chrun" (did you mean "churn"?)'],
    ['ignore.1', { event: 'churn', ignore: ['bill', 'cal'] }, 'did you mean "call"'],
    ['through.0', { event: 'churn', through: ['nobody'] }, 'no customer ever had "nobody"'],
    ['groups.talk.0', { event: 'churn', groups: { talk: ['cll'] } }, 'did you mean "call"'],
    ['segment.had.0', { event: 'churn', segment: { had: ['bil'] } }, 'did you mean "bill"'],
    ['anchor.channels.0', { event: 'churn', anchor: { channels: ['wbe'] } }, 'did you mean "web"'],
    ['groups.b', { event: 'churn', groups: { a: ['call'], b: ['call'] } }, '"call" is in the group "a" already'],
  ])('names the field %s of what nobody knows', (field, question, message) => {
    const rows = ['bill', 'call', 'churn'].map((event, time) => ({ customer: '1', time, event, channel: 'web' }));
    expect(() => ask(rows, question)).toThrow(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  it('tells so many distinct journeys apart that some of their hashes are equal', () => {
    const alphabet = ['x', ...Array.from({ length: 600 }, (_, letter) => `type ${letter}`)];
    const builder = new JourneyWordsBuilder(alphabet, { customers: 400_000, steps: 1_600_000 });
    for (let customer = 0; customer < 400_000; customer++) {
      const scattered = (customer * 1_234_577) % 600 ** 3; // a number of its own, the factor being coprime
      const letters = [scattered % 600, Math.floor(scattered / 600) % 600, Math.floor(scattered / 360_000)];
      builder.append([[...letters.map((letter) => letter + 1), 0]], [[1, 2, 3, 4]]);
    }
    const question = journeyFrequencyQuestion.parse({ event: 'x', steps: 4, top: 1000 });
    const { journeys } = analyzeFrequency(indexWords(builder.build()), question);
    expect(journeys).toHaveLength(1000);
    expect(new Set(journeys.map(({ count }) => count))).toEqual(new Set([1]));
  });
});

function keyOf({ outwards }: NaiveJourney): string {
  return JSON.stringify(outwards);
}

type Listed = ReturnType<typeof analyzeFrequency>['journeys'][number];

function checkListed(
  listed: Listed,
  journeys: readonly NaiveJourney[],
  { as, repeats }: JourneyFrequencyQuestion,
  allCustomers: number,
): void {
  const outwards = as === 'end' ? listed.steps.toReversed() : listed.steps;
  const equal = journeys.filter((journey) => keyOf(journey) === JSON.stringify(outwards));
  const durations = equal.map(({ durationMs }) => durationMs);
  expect(listed).toMatchObject({
    count: equal.length,
    share: equal.length / journeys.length,
    shareOfAll: equal.length / allCustomers,
    medianMs: nearestRank(durations, 0.5),
    p90Ms: nearestRank(durations, 0.9),
  });
  if (repeats === 'keep') return expect(listed.repeats).toBeUndefined();
  const mean = (depth: number) =>
    equal.reduce((sum, journey) => sum + (journey.repeats[depth] as number), 0) / equal.length;
  const means = outwards.map((_, depth) => mean(depth));
  expect(listed.repeats).toEqual(as === 'end' ? means.reverse() : means);
}

function checkDropOff(
  dropOff: readonly { offset: number; continued: number; ended: number }[],
  journeys: readonly NaiveJourney[],
  { as }: JourneyFrequencyQuestion,
): void {
  expect(dropOff).toHaveLength(Math.max(0, ...journeys.map(({ outwards }) => outwards.length)));
  dropOff.forEach(({ offset, continued, ended }, depth) => {
    expect(offset).toBe(as === 'end' ? 0 - depth : depth);
    const there = journeys.filter(({ outwards }) => outwards.length > depth);
    const on = there.filter(({ outwards, goesOn }) => outwards.length > depth + 1 || goesOn);
    expect({ continued, ended }).toEqual({ continued: on.length, ended: there.length - on.length });
  });
}

it('frequencyLimits are those of the schema', () => {
  const fits = (extra: object) => journeyFrequencyQuestion.safeParse({ event: 'x', ...extra }).success;
  for (const field of ['steps', 'top'] as const) {
    expect([0, 1, frequencyLimits[field], frequencyLimits[field] + 1].map((value) => fits({ [field]: value }))).toEqual(
      [false, true, true, false],
    );
  }
});
