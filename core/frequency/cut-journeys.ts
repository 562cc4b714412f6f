import type { IndexedWords } from '../journeys/step-places';
import { lettersArray, type JourneyWords } from '../journeys/words';
import { findAnchors } from './find-anchors';
import { keepJourneys, type CutJourneys, type CutQuestion } from './cut';
import { HubError } from '../errors';
import { finishHash, hashStep } from '../journeys/group-journeys';
import { letterOf } from '../journeys/letter-of';
import type { StepView } from './step-view';

const HOUR_MS = 3_600_000;

/**
 * Cuts the journeys to or from the event of interest, in the order of customers and time.
 *
 * @param inSegment by customer, 0 for one to leave out; all are looked at when absent
 * @throws HubError QUESTION_TOO_LARGE with the estimate, and those of `findAnchors`
 */
export function cutJourneys(
  indexed: IndexedWords,
  view: StepView,
  question: CutQuestion,
  inSegment?: Uint8Array,
): CutJourneys {
  const { words } = indexed;
  const found = findAnchors(indexed, view, question, inSegment);
  refuseTooLarge(found.anchors.length, question.steps);
  const isPlain = view.isPlain && question.repeats === 'keep' && question.maxGapHours === undefined;
  const cut = isPlain
    ? (indexed.kernel?.slice(found, question) ?? sliceWords(words, view, question, found))
    : walkWords(words, view, question, found);
  return question.through.length === 0 ? cut : passing(cut, throughLetters(view, question), question.as);
}

/** Steps that the journeys of one question may have: with their multiplicities they take three bytes each. */
const MOST_STEPS = 3e8;

function refuseTooLarge(journeys: number, steps: number): void {
  if (journeys * steps <= MOST_STEPS) return;
  throw new HubError(
    'QUESTION_TOO_LARGE',
    `steps: ${journeys} journeys of up to ${steps} steps are more than the ${MOST_STEPS / 1e6} million steps a question may look at; ask for fewer steps, for one occurrence, or for a segment`,
    { field: 'steps' },
  );
}

type Found = Pick<CutJourneys, 'customers' | 'anchors'>;

/**
 * Where every step counts as it is, journeys are slices of the words themselves. Memory is what takes time here, so all
 * that needs every step is done while it is at hand: the hashes, and the counts by distance.
 */
function sliceWords(words: JourneyWords, view: StepView, { as, steps: limit }: CutQuestion, found: Found): CutJourneys {
  const { offsets, steps } = words;
  const letters = view.alphabet.length;
  const journeys = found.anchors.length;
  const starts = new Uint32Array(journeys);
  const ends = new Uint32Array(journeys);
  // The farthest step is the first of a journey to the event, and the last of one from it.
  const edges = as === 'end' ? starts : new Uint32Array(journeys);
  const goesOn = new Uint8Array(journeys);
  const hashes = new Uint32Array(journeys);
  const distances = new Uint32Array(limit * letters);
  const direction = as === 'end' ? -1 : 1;
  for (let journey = 0; journey < journeys; journey++) {
    const customer = found.customers[journey] as number;
    const anchor = found.anchors[journey] as number;
    const first = offsets[customer] as number;
    const beyond = offsets[customer + 1] as number;
    const start = as === 'end' ? Math.max(first, anchor + 1 - limit) : anchor;
    const end = as === 'end' ? anchor + 1 : Math.min(beyond, anchor + limit);
    starts[journey] = start;
    ends[journey] = end;
    edges[journey] = as === 'end' ? start : end - 1;
    goesOn[journey] = (as === 'end' ? start > first : end < beyond) ? 1 : 0;
    let hash = end - start;
    for (let at = anchor, cell = 0; at >= start && at < end; at += direction, cell += letters) {
      const letter = steps[at] as number;
      distances[cell + letter] = (distances[cell + letter] as number) + 1;
      hash = hashStep(hash, letter);
    }
    hashes[journey] = finishHash(hash);
  }
  return { ...found, alphabet: view.alphabet, steps, starts, ends, edges, goesOn, hashes, distances };
}

/** Walks from each event of interest step by step, and writes what the view sees into a word of its own. */
function walkWords(words: JourneyWords, view: StepView, question: CutQuestion, found: Found): CutJourneys {
  const { offsets } = words;
  const { as, steps: limit } = question;
  const journeys = found.anchors.length;
  const steps = lettersArray(view.alphabet.length, journeys * limit);
  const repeats = question.repeats === 'collapse' ? new Uint16Array(steps.length) : undefined;
  const starts = new Uint32Array(journeys);
  const ends = new Uint32Array(journeys);
  const edges = new Uint32Array(journeys);
  const goesOn = new Uint8Array(journeys);
  const walk = new Walk(words, view, question);
  const direction = as === 'end' ? -1 : 1;
  for (let journey = 0; journey < journeys; journey++) {
    const customer = found.customers[journey] as number;
    const anchor = found.anchors[journey] as number;
    const stop = as === 'end' ? (offsets[customer] as number) - 1 : (offsets[customer + 1] as number);
    walk.from(anchor, direction, stop);
    // A journey to the event is written backwards, so that it reads forwards.
    const place = as === 'end' ? (journey + 1) * limit - walk.length : journey * limit;
    for (let step = 0; step < walk.length; step++) {
      const to = place + (as === 'end' ? walk.length - 1 - step : step);
      steps[to] = walk.letters[step] as number;
      if (repeats !== undefined) repeats[to] = walk.repeats[step] as number;
    }
    starts[journey] = place;
    ends[journey] = place + walk.length;
    edges[journey] = walk.edge;
    goesOn[journey] = walk.goesOn ? 1 : 0;
  }
  const cut = { ...found, alphabet: view.alphabet, steps, starts, ends, edges, goesOn };
  return repeats === undefined ? cut : { ...cut, repeats };
}

const MOST_REPEATS = 0xffff;

/** The steps met on the way from one event of interest, the event first. */
class Walk {
  readonly letters: Uint16Array;
  readonly repeats: Uint16Array;
  length = 0;
  /** The last step met, as a place in the words. */
  edge = 0;
  /** Whether there were more steps than the limit. */
  goesOn = false;
  private readonly maxGapMs: number;
  private readonly collapses: boolean;

  constructor(
    private readonly words: JourneyWords,
    private readonly view: StepView,
    { steps, repeats, maxGapHours }: CutQuestion,
  ) {
    this.letters = new Uint16Array(steps);
    this.repeats = new Uint16Array(steps);
    this.maxGapMs = maxGapHours === undefined ? Infinity : maxGapHours * HOUR_MS;
    this.collapses = repeats === 'collapse';
  }

  from(anchor: number, direction: 1 | -1, stop: number): void {
    const { steps, times } = this.words;
    const { source, letters, isIgnored, anchorLetter } = this.view;
    this.letters[0] = anchorLetter;
    this.repeats[0] = 1;
    this.length = 1;
    this.edge = anchor;
    this.goesOn = false;
    for (let at = anchor + direction; at !== stop; at += direction) {
      if (isIgnored[steps[at] as number] === 1) continue;
      if (Math.abs((times[at] as number) - (times[this.edge] as number)) > this.maxGapMs) return;
      const letter = letters[source[at] as number] as number;
      if (this.collapses && letter === this.letters[this.length - 1]) {
        this.repeats[this.length - 1] = Math.min((this.repeats[this.length - 1] as number) + 1, MOST_REPEATS);
      } else if (this.length === this.letters.length) {
        this.goesOn = true;
        return;
      } else {
        this.letters[this.length] = letter;
        this.repeats[this.length++] = 1;
      }
      this.edge = at;
    }
  }
}

function throughLetters(view: StepView, { through }: CutQuestion): number[] {
  return through.map((step, index) => letterOf(view, step, `through.${index}`));
}

/** The journeys that have the wanted letters in this order, the event of interest itself aside. */
function passing(cut: CutJourneys, wanted: readonly number[], as: CutQuestion['as']): CutJourneys {
  const { steps, starts, ends } = cut;
  const kept: number[] = [];
  for (let journey = 0; journey < starts.length; journey++) {
    const from = (starts[journey] as number) + (as === 'start' ? 1 : 0);
    const to = (ends[journey] as number) - (as === 'end' ? 1 : 0);
    let next = 0;
    for (let at = from; at < to && next < wanted.length; at++) if (steps[at] === wanted[next]) next++;
    if (next === wanted.length) kept.push(journey);
  }
  return keepJourneys(cut, kept);
}
