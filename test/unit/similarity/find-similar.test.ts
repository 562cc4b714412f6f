import fc from 'fast-check';
import { loadKernel } from '../../../adapters/local/kernels';
import { lettersArray } from '../../../core/journeys/words';
import type { JourneySlices, Letters } from '../../../core/journeys/slices';
import { align } from '../../../core/similarity/align';
import { findStretches, startOfStretch } from '../../../core/similarity/find-stretches';
import { findSimilar } from '../../../core/similarity/find-similar';
import { SimilarityMemory } from '../../../core/similarity/kernel-scanner';
import { PlainScanner } from '../../../core/similarity/scan-words';
import { resolveCosts } from '../../../core/similarity/step-costs';
import { indexWordsOf } from '../../../core/similarity/word-index';
import { similarityLimits } from '../../../core/similarity/limits';
import { similarJourneysQuestion, stepWeights, type StepWeights } from '../../../schemas/similarity';
import { asked, unit, weightsOver, type Asked } from './asked';
import { plainDistance, plainSimilar, type PlainMatch } from './reference';

const kernel = loadKernel('similarity');

function slicesOf(alphabet: readonly string[], journeys: readonly (readonly string[])[]): JourneySlices {
  const steps = lettersArray(alphabet.length, journeys.flat().length);
  steps.set(journeys.flat().map((step) => alphabet.indexOf(step)));
  const ends = Uint32Array.from(journeys, () => 0);
  const starts = Uint32Array.from(journeys, () => 0);
  let at = 0;
  journeys.forEach((journey, index) => {
    starts[index] = at;
    ends[index] = at += journey.length;
  });
  return { alphabet, steps, starts, ends };
}

const ways = ['plain', 'kernel'] as const;

/** Counts and lists of both ways, without the asker's exclusion. */
function ask({ alphabet, journeys, pattern, minSimilarity, weights }: Asked, way: (typeof ways)[number], limit = 1e9) {
  const { costs } = resolveCosts(alphabet, weights);
  const slices = slicesOf(alphabet, journeys);
  const memory = new SimilarityMemory(kernel!, costs, 200);
  const index = indexWordsOf(slices, costs, way === 'kernel' ? memory.allocate : undefined);
  const scanner = way === 'kernel' ? memory.scanner(index) : new PlainScanner(index);
  const letters: Letters = lettersArray(alphabet.length, pattern.length);
  letters.set(pattern.map((step) => alphabet.indexOf(step)));
  return findSimilar(index, scanner, { pattern: letters, minSimilarity, limit });
}

function expectSame(asked: Asked, way: (typeof ways)[number]): void {
  const expected = plainSimilar(asked.journeys, asked.pattern, asked.minSimilarity, asked.weights);
  const { count, top } = ask(asked, way);
  expect(count).toBe(expected.length);
  expect(top.map(({ journey }) => journey)).toEqual(expected.map(({ journey }) => journey));
  top.forEach(({ similarity }, index) =>
    expect(similarity).toBeCloseTo((expected[index] as PlainMatch).similarity, 12),
  );
}

it('has a kernel to test: npm run build makes it', () => {
  expect(kernel).toBeDefined();
});

describe.each(ways)('similar journeys, %s', (way) => {
  it.each([
    { types: 3, longest: 12 },
    { types: 40, longest: 30 },
    { types: 300, longest: 40 },
    { types: 12, longest: 150 },
  ])('are all those of the textbook: $types step types, journeys of up to $longest steps', ({ types, longest }) => {
    fc.assert(
      fc.property(asked(types, longest, fc.constant(unit)), (question) => expectSame(question, way)),
      { numRuns: 60 },
    );
  });

  it.each([
    { types: 6, longest: 12 },
    { types: 300, longest: 80 },
  ])('with weights too: $types step types, journeys of up to $longest steps', ({ types, longest }) => {
    fc.assert(
      fc.property(asked(types, longest, weightsOver(Math.min(types, 12))), (question) => expectSame(question, way)),
      { numRuns: 80 },
    );
  });

  it('counts a similarity of exactly 0.8', () => {
    const pattern = Array.from({ length: 30 }, (_, index) => `s${index}`);
    const six = pattern.map((step, index) => (index < 6 ? 'x' : step));
    const seven = pattern.map((step, index) => (index < 7 ? 'x' : step));
    const question = { alphabet: ['x', ...pattern], pattern, journeys: [seven, six], weights: unit };
    expect(ask({ ...question, minSimilarity: 0.8 }, way)).toEqual({ count: 1, top: [{ journey: 1, similarity: 0.8 }] });
  });

  it('counts all and lists the most similar, equally similar ones in their order', () => {
    const journeys = [['a', 'b'], ['a', 'c'], ['a', 'b'], ['a'], ['d', 'd']];
    const question = {
      alphabet: ['a', 'b', 'c', 'd'],
      journeys,
      pattern: ['a', 'b'],
      minSimilarity: 0.5,
      weights: unit,
    };
    const { count, top } = ask(question, way, 3);
    expect(count).toBe(4);
    expect(top.map(({ journey }) => journey)).toEqual([0, 2, 1]);
  });
});

describe('alignment', () => {
  it('costs what the distance is, and turns one journey into the other', () => {
    fc.assert(
      fc.property(asked(8, 15, weightsOver(8)), ({ alphabet, journeys, pattern, weights }) => {
        const { costs } = resolveCosts(alphabet, weights);
        const span = (steps: readonly string[]) => {
          const letters = Uint8Array.from(steps, (step) => alphabet.indexOf(step));
          return { letters, start: 0, length: letters.length };
        };
        for (const journey of journeys) {
          const steps = align(span(pattern), span(journey), costs, alphabet);
          expect(steps.flatMap(({ from }) => from ?? [])).toEqual(pattern);
          expect(steps.flatMap(({ to }) => to ?? [])).toEqual(journey);
          expect(steps.reduce((sum, { cost }) => sum + cost, 0)).toBe(plainDistance(pattern, journey, weights));
        }
      }),
    );
  });
});

describe('stretches', () => {
  /** The nearest stretch by trying all of them. */
  const plainStretch = (pattern: readonly string[], journey: readonly string[], weights: StepWeights) => {
    let nearest = { distance: Infinity, end: 0 };
    for (let end = 1; end <= journey.length; end++) {
      for (let start = 0; start <= end; start++) {
        const distance = plainDistance(pattern, journey.slice(start, end), weights);
        if (distance < nearest.distance) nearest = { distance, end };
      }
    }
    return nearest;
  };

  it.each([
    { name: 'unit costs', types: 4, longest: 10, runs: 40, weights: fc.constant(unit) },
    { name: 'weights', types: 6, longest: 10, runs: 40, weights: weightsOver(6) },
    { name: 'long patterns', types: 3, longest: 36, runs: 4, weights: fc.constant(unit) },
  ])('are the nearest of all, and the first of these: $name', ({ types, longest, runs, weights }) => {
    fc.assert(
      fc.property(asked(types, longest, weights), ({ alphabet, journeys, pattern, minSimilarity, weights }) => {
        const { costs } = resolveCosts(alphabet, weights);
        const { steps, starts } = slicesOf(alphabet, journeys);
        const words = {
          customers: journeys.length,
          alphabet,
          steps,
          offsets: Uint32Array.from([...starts, steps.length]),
        };
        const letters = Uint8Array.from(pattern, (step) => alphabet.indexOf(step));
        const found = findStretches({ ...words, times: new Float64Array(0) }, costs, {
          pattern: letters,
          minSimilarity,
        });
        const cost = pattern.reduce((sum, step) => sum + (weights.steps[step] ?? 1), 0);
        const expected = journeys.flatMap((journey, customer) => {
          const { distance, end } = plainStretch(pattern, journey, weights);
          return distance <= cost * (1 - minSimilarity) + 1e-9
            ? [{ customer, end: starts[customer]! + end, distance }]
            : [];
        });
        expect(found.map(({ customer, end }) => ({ customer, end }))).toEqual(
          expected.map(({ customer, end }) => ({ customer, end })),
        );
        found.forEach(({ customer, end, similarity }, index) => {
          const { distance } = expected[index]!;
          expect(similarity).toBeCloseTo(Math.max(0, 1 - distance / cost), 12);
          const start = startOfStretch(steps, { from: starts[customer]!, end }, letters, costs);
          const stretch = Array.from(steps.slice(start, end), (letter) => alphabet[letter]!);
          expect(plainDistance(pattern, stretch, weights)).toBeCloseTo(distance, 12);
        });
      }),
      { numRuns: runs },
    );
  });

  it('are empty where leaving out the whole pattern is cheaper than any step of the journey', () => {
    const { costs } = resolveCosts(['a', 'b'], { pairs: [], steps: { a: 0.5 } });
    expect(startOfStretch(Uint8Array.of(1, 1), { from: 0, end: 1 }, Uint8Array.of(0), costs)).toBe(1);
    expect(startOfStretch(Uint8Array.of(1, 0), { from: 0, end: 2 }, Uint8Array.of(0), costs)).toBe(1);
  });
});

it('similarityLimits are those of the schema', () => {
  const question = { customer: 'c', ...similarityLimits };
  expect(similarJourneysQuestion.safeParse(question).success).toBe(true);
  for (const field of ['steps', 'limit'] as const) {
    const beyond = similarJourneysQuestion.safeParse({ ...question, [field]: similarityLimits[field] + 1 });
    expect(beyond.error?.issues.map(({ path }) => path)).toEqual([[field]]);
  }
});

it('names the steps of the weights that no journey has', () => {
  const weights = stepWeights.parse({ pairs: [{ steps: ['a', 'nobody'], cost: 0.1 }], steps: { never: 0.5, b: 0.5 } });
  expect(resolveCosts(['a', 'b'], weights).unknown).toEqual(['never', 'nobody']);
});
