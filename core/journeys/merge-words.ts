import { JourneyWordsBuilder, type JourneyWords } from './words';

type Journeys = Pick<JourneyWords, 'offsets' | 'steps' | 'times'>;

/**
 * The journeys of a new version: those that did not change from memory, the others fresh from the lake. Codes are never
 * given anew, so that the fresh ones' alphabet holds for all.
 *
 * @param kept by customer of the result: the number among `held`, or -1 for the next of `fresh`
 */
export function mergeWords(held: Journeys, fresh: JourneyWords, kept: Int32Array): JourneyWords {
  const builder = new JourneyWordsBuilder(fresh.alphabet, {
    customers: kept.length,
    steps: stepsOf(held, fresh, kept),
  });
  let nextFresh = 0;
  for (let from = 0; from < kept.length;) {
    const to = endOfRun(kept, from);
    const isHeld = (kept[from] as number) >= 0;
    const first = isHeld ? (kept[from] as number) : nextFresh;
    appendRun(builder, isHeld ? held : fresh, first, first + to - from);
    if (!isHeld) nextFresh += to - from;
    from = to;
  }
  return builder.build();
}

function stepsOf(held: Journeys, fresh: JourneyWords, kept: Int32Array): number {
  let steps = fresh.steps.length;
  for (let customer = 0; customer < kept.length; customer++) {
    const number = kept[customer] as number;
    if (number >= 0) steps += (held.offsets[number + 1] as number) - (held.offsets[number] as number);
  }
  return steps;
}

/** Neighbours that are neighbours where they come from, too, are copied at once: that is nearly all of them. */
function endOfRun(kept: Int32Array, from: number): number {
  const step = (kept[from] as number) >= 0 ? 1 : 0;
  let to = from + 1;
  while (to < kept.length && kept[to] === (kept[to - 1] as number) + step) to++;
  return to;
}

function appendRun(
  builder: JourneyWordsBuilder,
  { offsets, steps, times }: Journeys,
  first: number,
  end: number,
): void {
  const lengths = new Uint32Array(end - first);
  for (let index = 0; index < lengths.length; index++) {
    lengths[index] = (offsets[first + index + 1] as number) - (offsets[first + index] as number);
  }
  builder.appendLengths(lengths);
  builder.appendSteps(steps.subarray(offsets[first], offsets[end]), times.subarray(offsets[first], offsets[end]));
}
