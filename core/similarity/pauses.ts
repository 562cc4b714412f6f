import { lettersArray, type JourneyWords } from '../journeys/words';

const DAY_MS = 86_400_000;

/** What a pause of at least so many days is called among the steps. */
export function pauseName(days: number): string {
  return `pause of ${days} ${days === 1 ? 'day' : 'days'}`;
}

/**
 * Words in which every pause between two steps of a customer is a step of its own, named after the longest of the given
 * spans that it lasts; shorter pauses are none. It has the time of the step before it.
 *
 * @param days spans in days, each above 0
 */
export function withPauses(words: JourneyWords, days: readonly number[]): JourneyWords {
  const spans = [...new Set(days)].sort((a, b) => a - b);
  const alphabet = [...words.alphabet, ...spans.map(pauseName)];
  const pauseAfter = (place: number) => longestSpan(spans, words.times, place);
  const length = words.steps.length + countPauses(words, pauseAfter);
  const steps = lettersArray(alphabet.length, length);
  const times = new Float64Array(length);
  const offsets = new Uint32Array(words.customers + 1);
  let to = 0;
  for (let customer = 0; customer < words.customers; customer++) {
    const end = words.offsets[customer + 1] as number;
    for (let place = words.offsets[customer] as number; place < end; place++) {
      steps[to] = words.steps[place] as number;
      times[to++] = words.times[place] as number;
      const span = place + 1 < end ? pauseAfter(place) : -1;
      if (span < 0) continue;
      steps[to] = words.alphabet.length + span;
      times[to++] = words.times[place] as number;
    }
    offsets[customer + 1] = to;
  }
  return { customers: words.customers, alphabet, offsets, steps, times };
}

/** The number of the longest span that passes after a place's step, or -1. */
function longestSpan(spans: readonly number[], times: Float64Array, place: number): number {
  const days = ((times[place + 1] as number) - (times[place] as number)) / DAY_MS;
  let longest = -1;
  while (longest + 1 < spans.length && days >= (spans[longest + 1] as number)) longest++;
  return longest;
}

function countPauses({ customers, offsets }: JourneyWords, pauseAfter: (place: number) => number): number {
  let count = 0;
  for (let customer = 0; customer < customers; customer++) {
    const end = offsets[customer + 1] as number;
    for (let place = offsets[customer] as number; place + 1 < end; place++) if (pauseAfter(place) >= 0) count++;
  }
  return count;
}
