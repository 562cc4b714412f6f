import type { Letters } from '../journeys/slices';
import { lengthsWithin, type FoundWords, type WordScanner, type WordSearch } from './scan-words';
import { costOf, similarityOf } from './step-costs';
import type { WordIndex } from './word-index';

/** A journey similar to the one asked about. */
export interface SimilarJourney {
  readonly journey: number;
  readonly similarity: number;
}

export interface SimilarJourneys {
  /** How many journeys are similar enough. */
  readonly count: number;
  /** The most similar ones first; equally similar ones in the journeys' order. */
  readonly top: readonly SimilarJourney[];
}

export interface SimilarSearch extends WordSearch {
  /** How many journeys to list. */
  readonly limit: number;
  /** The journey that is asked about: not counted. */
  readonly asker?: number;
}

/** The journeys of an index that are similar to a pattern, every one of them. */
export function findSimilar(index: WordIndex, scanner: WordScanner, search: SimilarSearch): SimilarJourneys {
  const found: FoundWords = { words: [], distances: [] };
  for (const range of lengthsWithin(index, search)) scanner.scan(search, range, found);
  const { words, distances } = found;
  const own = costOf(index.costs, search.pattern);
  const similarities = words.map((word, place) =>
    similarityOf(distances[place] as number, Math.max(own, wordCost(index, word))),
  );
  const isAskers = search.asker !== undefined && words.some((word) => hasMember(index, word, search.asker as number));
  const count = words.reduce((sum, word) => sum + membersCount(index, word), isAskers ? -1 : 0);
  return { count, top: listJourneys(index, words, similarities, search) };
}

/** Words are equally similar in few different ways: journeys are listed a similarity at a time. */
function listJourneys(
  index: WordIndex,
  words: readonly number[],
  similarities: readonly number[],
  { limit, asker }: SimilarSearch,
): SimilarJourney[] {
  const places = words.map((_, place) => place);
  places.sort((a, b) => (similarities[b] as number) - (similarities[a] as number));
  const top: SimilarJourney[] = [];
  for (let from = 0; from < places.length && top.length < limit;) {
    const similarity = similarities[places[from] as number] as number;
    const journeys: number[] = [];
    for (; from < places.length && similarities[places[from] as number] === similarity; from++) {
      const word = words[places[from] as number] as number;
      for (const journey of membersOf(index, word)) if (journey !== asker) journeys.push(journey);
    }
    journeys.sort((a, b) => a - b);
    for (const journey of journeys.slice(0, limit - top.length)) top.push({ journey, similarity });
  }
  return top;
}

/** The letters of a word. */
export function lettersOf({ lengths, letters }: WordIndex, word: number): Letters {
  const range = lengths.find(({ end }) => word < end);
  if (range === undefined) throw new RangeError(`there is no word ${word}`);
  const start = range.letters + (word - range.first) * range.length;
  return letters.subarray(start, start + range.length);
}

function wordCost(index: WordIndex, word: number): number {
  return costOf(index.costs, lettersOf(index, word));
}

function membersOf({ members, memberStarts }: WordIndex, word: number): Uint32Array {
  return members.subarray(memberStarts[word], memberStarts[word + 1]);
}

function membersCount({ memberStarts }: WordIndex, word: number): number {
  return (memberStarts[word + 1] as number) - (memberStarts[word] as number);
}

function hasMember(index: WordIndex, word: number, journey: number): boolean {
  return membersOf(index, word).includes(journey);
}
