import fc from 'fast-check';
import { JourneyWordsBuilder, lettersArray, type JourneyWords } from '../../core/journeys/words';
import { candidatesSql } from '../../core/similarity/sql/candidates-sql';
import { resolveCosts } from '../../core/similarity/step-costs';
import { ENGINE_START_MS } from '../support/engines';
import { sqlEngines, type SqlEngine } from '../support/sql-engines';
import { asked, unit, weightsOver, type Asked } from '../unit/similarity/asked';
import { plainSimilar } from '../unit/similarity/reference';

function wordsOf({ alphabet, journeys }: Asked): JourneyWords {
  const builder = new JourneyWordsBuilder(alphabet);
  const letters = journeys.map((steps) => steps.map((step) => alphabet.indexOf(step)));
  builder.append(
    letters,
    letters.map((word) => word.map((_, index) => index)),
  );
  return builder.build();
}

const enginesWithWords = sqlEngines.filter(({ dialect }) => dialect.words !== undefined);

describe.each(enginesWithWords)('similar journeys in SQL on $name', ({ dialect, runs, start }) => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  /** The customers whom SQL chooses, and those who are similar enough by the textbook. */
  async function choose(question: Asked, steps: number) {
    const { alphabet, pattern, minSimilarity, weights } = question;
    const letters = lettersArray(alphabet.length, pattern.length);
    letters.set(pattern.map((step) => alphabet.indexOf(step)));
    const { costs } = resolveCosts(alphabet, weights);
    const search = { pattern: letters, costs, steps, minSimilarity, limit: 1000 };
    const rows = await engine!.rows(candidatesSql(search, dialect.words!));
    const last = question.journeys.map((journey) => journey.slice(-steps));
    return {
      chosen: rows.map(({ customer_id }) => Number(customer_id)).sort((a, b) => a - b),
      similar: plainSimilar(last, pattern, minSimilarity, weights)
        .map(({ journey }) => journey)
        .sort((a, b) => a - b),
    };
  }

  it.each([
    { types: 3, longest: 12, steps: 5 },
    { types: 40, longest: 30, steps: 30 },
  ])(
    'are chosen exactly where every edit costs the same: $types step types',
    async ({ types, longest, steps }) => {
      await fc.assert(
        fc.asyncProperty(asked(types, longest, fc.constant(unit)), async (question) => {
          fc.pre(question.journeys.length > 0);
          await engine!.hold(wordsOf(question));
          const { chosen, similar } = await choose(question, steps);
          expect(chosen).toEqual(similar);
        }),
        { numRuns: Math.max(runs, 12), endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );

  it.each([
    { types: 6, longest: 12 },
    { types: 300, longest: 120 },
  ])(
    'are never missed with weights, nor with more types than characters: $types',
    async ({ types, longest }) => {
      await fc.assert(
        fc.asyncProperty(asked(types, longest, weightsOver(Math.min(types, 12))), async (question) => {
          fc.pre(question.journeys.length > 0);
          await engine!.hold(wordsOf(question));
          const { chosen, similar } = await choose(question, longest);
          expect(chosen).toEqual(expect.arrayContaining(similar));
        }),
        { numRuns: Math.max(runs, 12), endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );
});
