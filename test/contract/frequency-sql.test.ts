import fc from 'fast-check';
import { analyzeFrequency, compareFrequency, cutSegment } from '../../core/frequency/analyze-frequency';
import { selectJourneys } from '../../core/frequency/select-journeys';
import { frequencySql } from '../../core/frequency/sql/answer-sql';
import { comparisonSql, readComparison } from '../../core/frequency/sql/comparison-sql';
import { listSql, readList } from '../../core/frequency/sql/list-sql';
import { readFrequencyAnswer } from '../../core/frequency/sql/read-answer';
import type { FrequencyRow } from '../../core/frequency/sql/rows-sql';
import { indexWords, type IndexedWords } from '../../core/journeys/step-places';
import {
  journeyComparisonQuestion,
  journeyFrequencyQuestion,
  journeyListQuestion,
  type JourneyFrequencyAnswer,
  type JourneyFrequencyQuestion,
  type JourneySelection,
} from '../../schemas/frequency';
import { ENGINE_START_MS } from '../support/engines';
import { sqlEngines, type SqlEngine } from '../support/sql-engines';
import { anythingAbout, eventRows, wordsOf } from '../unit/frequency/event-rows';

/** Data, and some questions about it: loading takes longer than asking. */
const rowsAndQuestions = eventRows.chain((rows) =>
  fc.record({ rows: fc.constant(rows), questions: fc.array(anythingAbout(rows), { minLength: 5, maxLength: 5 }) }),
);

/** A number of each kind that an answer has. */
function numbersOf({ journeys, positions, dropOff = [], tree }: JourneyFrequencyAnswer): JourneySelection[] {
  const [journey] = journeys;
  const position = positions.at(-1);
  const drop = dropOff.at(-1);
  const branch = tree?.children[0] ?? tree;
  const path = branch === undefined ? [] : branch === tree ? [branch.step] : [tree!.step, branch.step];
  const shown = branch?.children.map(({ step }) => step) ?? [];
  return [
    ...(journey === undefined ? [] : [{ journey: journey.steps }]),
    ...(position === undefined ? [] : [{ offset: position.offset, step: position.step }]),
    ...(drop === undefined ? [] : [{ offset: drop.offset, outcome: 'continued' as const }]),
    ...(drop === undefined ? [] : [{ offset: drop.offset, outcome: 'ended' as const }]),
    ...(path.length === 0
      ? []
      : (['any', 'ended', 'cut', 'other'] as const).map((outcome) => ({ path, outcome, shown }))),
  ];
}

describe.each(sqlEngines)('frequency in SQL on $name', ({ dialect, runs, start }) => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  const ask = async (sql: string) => (await engine!.rows(sql)) as FrequencyRow[];
  const catalogOf = ({ words }: IndexedWords) => ({
    alphabet: words.alphabet,
    channels: words.channels?.names ?? [],
  });

  async function expectSameAnswer(indexed: IndexedWords, question: JourneyFrequencyQuestion): Promise<void> {
    const { sql, view } = frequencySql(question, { catalog: catalogOf(indexed), dialect });
    expect(readFrequencyAnswer(await ask(sql), question, view)).toEqual(analyzeFrequency(indexed, question));
  }

  async function expectSameList(indexed: IndexedWords, asked: object): Promise<void> {
    const question = journeyListQuestion.parse({ ...asked, limit: 10_000 });
    const { cut } = cutSegment(indexed, question);
    const meant = question.of === undefined ? cut : selectJourneys(cut, question.as, question.of);
    const journeys = Array.from(meant.customers, (customer, index) => ({
      customer: String(customer),
      at: new Date(indexed.words.times[meant.anchors[index] as number] as number).toISOString(),
    }));
    const { sql } = listSql(question, { catalog: catalogOf(indexed), dialect });
    const list = readList(await ask(sql), question);
    expect(list.total).toBe(journeys.length);
    const keys = (all: typeof journeys) => all.map(({ customer, at }) => `${customer} ${at}`).sort();
    expect(keys(list.journeys)).toEqual(keys(journeys));
  }

  async function expectSameComparison(
    indexed: IndexedWords,
    one: JourneyFrequencyQuestion,
    other: JourneyFrequencyQuestion,
  ): Promise<void> {
    const { segment, anchor, ...shared } = journeyFrequencyQuestion.omit({ tree: true }).strip().parse(one);
    const question = journeyComparisonQuestion.parse({
      ...shared,
      a: { name: 'a', segment, anchor },
      b: { name: 'b', segment: other.segment, anchor: other.anchor },
    });
    const { sql, view } = comparisonSql(question, { catalog: catalogOf(indexed), dialect });
    expect(readComparison(await ask(sql), question, view)).toEqual(compareFrequency(indexed, question));
  }

  it(
    'gives the answers of the words in memory, whatever is asked',
    async () => {
      await fc.assert(
        fc.asyncProperty(rowsAndQuestions, async ({ rows, questions }) => {
          const indexed = indexWords(wordsOf(rows));
          await engine!.hold(indexed.words);
          for (const question of questions) await expectSameAnswer(indexed, question);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );

  it(
    'opens the same lists behind every kind of number',
    async () => {
      await fc.assert(
        fc.asyncProperty(rowsAndQuestions, async ({ rows, questions }) => {
          const indexed = indexWords(wordsOf(rows));
          await engine!.hold(indexed.words);
          const [question] = questions;
          const numbers = numbersOf(analyzeFrequency(indexed, question!) as JourneyFrequencyAnswer);
          for (const of of [undefined, ...numbers]) await expectSameList(indexed, { ...question, of });
        }),
        { numRuns: Math.ceil(runs / 4), endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );

  it(
    'compares two sides alike',
    async () => {
      await fc.assert(
        fc.asyncProperty(rowsAndQuestions, async ({ rows, questions }) => {
          // As every customer ten times over, so that some journeys are frequent enough for the test.
          const many = Array.from({ length: 10 }, (_, copy) =>
            rows.map((row) => ({ ...row, customer: `${row.customer} ${copy}` })),
          ).flat();
          const indexed = indexWords(wordsOf(many));
          await engine!.hold(indexed.words);
          await expectSameComparison(indexed, questions[0]!, questions[1]!);
        }),
        { numRuns: Math.ceil(runs / 2), endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );

  it(
    'tells more than 256 step types apart',
    async () => {
      const types = Array.from({ length: 300 }, (_, index) => `${['é', '😀', 'ß', "it's"][index % 4]} ${index}`);
      const [rows] = fc.sample(
        fc.array(
          fc.record({
            customer: fc.integer({ min: 1, max: 40 }).map(String),
            time: fc.integer({ min: 0, max: 1e9 }),
            event: fc.constantFrom(...types),
            channel: fc.constantFrom('web', 'app'),
          }),
          { minLength: 2000, maxLength: 2000 },
        ),
        { numRuns: 1, seed: 4 },
      );
      const indexed = indexWords(wordsOf(rows ?? []));
      const { alphabet } = indexed.words;
      expect(alphabet.length).toBeGreaterThan(256);
      await engine!.hold(indexed.words);
      for (const input of [
        { event: alphabet[280]!, steps: 100, top: 1000 },
        { event: alphabet[7]!, as: 'start' as const, occurrence: 'every' as const, tree: { minShare: 0 } },
      ]) {
        await expectSameAnswer(indexed, journeyFrequencyQuestion.parse(input));
      }
    },
    ENGINE_START_MS,
  );
});
