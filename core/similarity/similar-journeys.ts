import type { SimilarJourneysAnswer, SimilarJourneysQuestion } from '../../schemas/similarity';
import { HubError } from '../errors';
import { letterOf } from '../journeys/letter-of';
import type { Letters } from '../journeys/slices';
import { lettersArray, type JourneyWords } from '../journeys/words';
import { align } from './align';
import { findStretches, startOfStretch } from './find-stretches';
import type { JourneyIndex } from './journey-index';
import { endOfData, outcomeAfter, outcomeRates, type OutcomeWanted } from './outcomes';
import type { StepCosts } from './step-costs';

const DAY_MS = 86_400_000;

/** The journeys of a lake version, as far as a question needs them. */
export interface SimilarityData {
  readonly words: JourneyWords;
  readonly costs: StepCosts;
  /** The index over the question's last steps; only made when asked for. */
  index(): JourneyIndex;
  /** What is known of all customers, where the words are only those of some; not enough for outcomes. */
  readonly population?: SimilarityPopulation;
}

export interface SimilarityPopulation {
  readonly customers: number;
  /** The time of the newest step of all, in epoch milliseconds. */
  readonly dataEnd: number;
}

/** The answer with customers by number. */
export type SimilarAnalysis = Omit<SimilarJourneysAnswer, 'timings' | 'matches'> & {
  readonly matches: readonly (Omit<SimilarJourneysAnswer['matches'][number], 'customer'> & {
    readonly customer: number;
  })[];
};

/** A customer who is similar enough, with the place in the words' `steps` of the last of the similar steps. */
interface Match {
  readonly customer: number;
  readonly similarity: number;
  readonly place: number;
}

/** Cells of the distances' tables that one question may fill: some ten seconds. */
const MOST_CELLS = 4e9;

/**
 * Answers a question about similar journeys.
 *
 * @param asker the number of the customer asked about, if it is one
 * @throws HubError `EVENT_UNKNOWN`, `QUESTION_TOO_LARGE`, each naming the field
 */
export function analyzeSimilar(
  data: SimilarityData,
  question: SimilarJourneysQuestion,
  asker: number | undefined,
): SimilarAnalysis {
  const { words } = data;
  const pattern = patternOf(words, question, asker);
  refuseLongList(question, pattern.length);
  const wanted = outcomeOf(words, question);
  const matches =
    question.at === 'end'
      ? matchesAtEnd(data, question, pattern, asker)
      : matchesAnywhere(data, question, pattern, asker);
  const { customers, dataEnd } = data.population ?? { customers: words.customers, dataEnd: endOfData(words) };
  const activeFrom = dataEnd - question.activeDays * DAY_MS;
  const isActive = ({ customer }: Match) => lastTime(words, customer) >= activeFrom;
  const end = question.cursor + question.limit;
  return {
    count: matches.length,
    active: matches.filter(isActive).length,
    customers: customers - (asker === undefined ? 0 : 1),
    journey: Array.from(pattern, (letter) => words.alphabet[letter] as string),
    ...(wanted === undefined ? {} : { outcome: outcomeRates(words, matches, wanted, dataEnd) }),
    matches: matches.slice(question.cursor, end).map((match) => {
      const followed = wanted === undefined ? undefined : outcomeAfter(words, match, wanted, dataEnd);
      return {
        customer: match.customer,
        similarity: match.similarity,
        at: new Date(words.times[match.place] as number).toISOString(),
        active: isActive(match),
        ...(followed === undefined ? {} : { outcome: followed }),
        alignment: alignmentOf(data, question, pattern, match),
      };
    }),
    ...(question.limit > 0 && end < matches.length ? { next: end } : {}),
  };
}

/** The journey asked about: a customer's last steps, or the one that was made up. */
export function patternOf(
  words: JourneyWords,
  { steps, journey }: SimilarJourneysQuestion,
  asker: number | undefined,
): Letters {
  if (asker === undefined) {
    const letters = (journey ?? []).map((step, index) => letterOf(words, step, `journey.${index}`));
    const pattern = lettersArray(words.alphabet.length, letters.length);
    pattern.set(letters);
    return pattern;
  }
  return lastLetters(words, asker, steps);
}

function lastLetters({ offsets, steps }: JourneyWords, customer: number, most: number): Letters {
  const end = offsets[customer + 1] as number;
  return steps.subarray(Math.max(offsets[customer] as number, end - most), end);
}

function outcomeOf(words: JourneyWords, { outcome }: SimilarJourneysQuestion): OutcomeWanted | undefined {
  if (outcome === undefined) return undefined;
  return { letter: letterOf(words, outcome.event, 'outcome.event'), withinDays: outcome.withinDays };
}

function matchesAtEnd(
  { words, index }: SimilarityData,
  { minSimilarity, nearest }: SimilarJourneysQuestion,
  pattern: Letters,
  asker: number | undefined,
): Match[] {
  const journeys = index();
  const find = (least: number) =>
    journeys.find({ pattern, minSimilarity: least, limit: Infinity, ...(asker === undefined ? {} : { asker }) }).top;
  const found = nearest === undefined ? find(minSimilarity) : nearestOf(nearest, find);
  return found.map(({ journey: customer, similarity }) => ({
    customer,
    similarity,
    place: (words.offsets[customer + 1] as number) - 1,
  }));
}

function matchesAnywhere(
  { words, costs }: SimilarityData,
  { minSimilarity, nearest }: SimilarJourneysQuestion,
  pattern: Letters,
  asker: number | undefined,
): Match[] {
  const passes = nearest === undefined ? 1 : SIMILARITIES.length;
  refuseTooLarge(passes * words.steps.length * pattern.length, costs);
  const find = (least: number) =>
    findStretches(words, costs, { pattern, minSimilarity: least, ...(asker === undefined ? {} : { asker }) })
      .map(({ customer, similarity, end }) => ({ customer, similarity, place: end - 1 }))
      .sort((a, b) => b.similarity - a.similarity || a.customer - b.customer);
  return nearest === undefined ? find(minSimilarity) : nearestOf(nearest, find);
}

/** Lower and lower until there are as many: few questions come to the last, which takes the longest. */
export const SIMILARITIES = [0.9, 0.75, 0.5, 0.25, 0] as const;

/** The most similar ones, exactly: whoever is not found at some similarity is less similar than all who are. */
function nearestOf<Found>(most: number, find: (minSimilarity: number) => readonly Found[]): Found[] {
  for (const similarity of SIMILARITIES) {
    const found = find(similarity);
    if (found.length >= most || similarity === 0) return found.slice(0, most);
  }
  return [];
}

function refuseTooLarge(cells: number, { isUnit }: StepCosts): void {
  const estimate = isUnit ? cells / 32 : cells;
  if (estimate <= MOST_CELLS) return;
  const times = Math.ceil(estimate / MOST_CELLS);
  throw new HubError(
    'QUESTION_TOO_LARGE',
    `steps: comparing with every stretch of every journey would take ${times} times as long as a question may; ask for fewer steps${isUnit ? '' : ', or without weights'}`,
    { field: 'steps' },
  );
}

/** Every journey that is listed is laid beside the one asked about, step by step. */
function refuseLongList({ limit, at, steps }: SimilarJourneysQuestion, length: number): void {
  // A stretch that is similar is hardly longer than twice the journey.
  const cells = limit * length * (at === 'end' ? steps : 2 * length);
  if (cells <= MOST_CELLS) return;
  throw new HubError(
    'QUESTION_TOO_LARGE',
    `limit: ${limit} journeys of up to ${steps} steps take ${Math.ceil(cells / MOST_CELLS)} times as long to lay beside the one asked about as a question may; ask for fewer at a time`,
    { field: 'limit' },
  );
}

function alignmentOf(
  { words, costs }: SimilarityData,
  { at, steps }: SimilarJourneysQuestion,
  pattern: Letters,
  { customer, place }: Match,
) {
  const from = words.offsets[customer] as number;
  const end = place + 1;
  const start = at === 'end' ? Math.max(from, end - steps) : startOfStretch(words.steps, { from, end }, pattern, costs);
  const own = { letters: pattern, start: 0, length: pattern.length };
  return align(own, { letters: words.steps, start, length: end - start }, costs, words.alphabet);
}

function lastTime({ offsets, times }: JourneyWords, customer: number): number {
  return times[(offsets[customer + 1] as number) - 1] as number;
}
