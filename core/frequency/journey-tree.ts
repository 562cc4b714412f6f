import type { JourneyFrequencyQuestion, JourneyTreeNode } from '../../schemas/frequency';
import { codePointRanks } from './code-points';
import type { CutJourneys } from './slices';
import { selectTop } from './select-top';

type TreeQuestion = Pick<JourneyFrequencyQuestion, 'as'> & {
  readonly tree: NonNullable<JourneyFrequencyQuestion['tree']>;
};

/**
 * The journeys as a tree rooted in the event of interest: a node is the steps from there outwards, so a tree `as: end`
 * reads against time. At every node `count = ended + cut + other.count + the children's counts`: nothing is left out.
 *
 * @returns undefined when there is no journey
 */
export function journeyTree(cut: CutJourneys, question: TreeQuestion): JourneyTreeNode | undefined {
  const journeys = cut.starts.length;
  if (journeys === 0) return undefined;
  const order = new Uint32Array(journeys);
  for (let journey = 0; journey < journeys; journey++) order[journey] = journey;
  return new TreeBuilder(cut, question, order).node(0, journeys, 0);
}

class TreeBuilder {
  private readonly ranks: Uint32Array;
  private readonly leastCount: number;
  private readonly scratch: Uint32Array;

  /** @param order the journeys; sorted so that those of one node are neighbours as nodes are made */
  constructor(
    private readonly cut: CutJourneys,
    private readonly question: TreeQuestion,
    private readonly order: Uint32Array,
  ) {
    this.ranks = codePointRanks(cut.alphabet);
    this.leastCount = question.tree.minShare * order.length;
    this.scratch = new Uint32Array(order.length);
  }

  /** The node of the journeys `order[from]` up to `order[to - 1]`, which share their first `depth + 1` steps. */
  node(from: number, to: number, depth: number): JourneyTreeNode {
    const { alphabet, goesOn } = this.cut;
    const example = this.order[from] as number;
    const counts = new Uint32Array(alphabet.length);
    let cut = 0;
    let last = 0;
    for (let index = from; index < to; index++) {
      const journey = this.order[index] as number;
      const next = this.letterAt(journey, depth + 1);
      if (next >= 0) counts[next] = (counts[next] as number) + 1;
      else if (++last && goesOn[journey] === 1) cut++;
    }
    const shown = this.branches(counts);
    const starts = this.gather(from, to, depth + 1, shown, counts);
    const children = shown.map((letter, index) => {
      const start = starts[index] as number;
      return this.node(start, start + (counts[letter] as number), depth + 1);
    });
    const step = alphabet[this.letterAt(example, depth)] as string;
    const node = { step, count: to - from, ended: last - cut, cut, children };
    const shownCount = children.reduce((sum, child) => sum + child.count, 0);
    const folded = to - from - last - shownCount;
    if (folded === 0) return node;
    return { ...node, other: { count: folded, steps: counts.filter((count) => count > 0).length - shown.length } };
  }

  /** The letter so many steps from the event of interest; -1 beyond the journey. */
  private letterAt(journey: number, depth: number): number {
    const { steps, starts, ends } = this.cut;
    const start = starts[journey] as number;
    const end = ends[journey] as number;
    if (depth >= end - start) return -1;
    return steps[this.question.as === 'end' ? end - 1 - depth : start + depth] as number;
  }

  /** The letters to show as branches, the most frequent first. */
  private branches(counts: Uint32Array): number[] {
    const seen: number[] = [];
    for (let letter = 0; letter < counts.length; letter++) {
      const count = counts[letter] as number;
      if (count > 0 && count >= this.leastCount) seen.push(letter);
    }
    const order = (a: number, b: number) => {
      const [one, other] = [seen[a] as number, seen[b] as number];
      return (
        (counts[other] as number) - (counts[one] as number) ||
        (this.ranks[one] as number) - (this.ranks[other] as number)
      );
    };
    return selectTop(seen.length, this.question.tree.breadth, order).map((index) => seen[index] as number);
  }

  /** Moves the journeys of each shown branch together; returns where each branch begins. */
  private gather(from: number, to: number, depth: number, shown: readonly number[], counts: Uint32Array): number[] {
    const starts: number[] = [];
    const places = new Int32Array(counts.length).fill(-1);
    let place = from;
    for (const letter of shown) {
      starts.push(place);
      places[letter] = place;
      place += counts[letter] as number;
    }
    if (shown.length === 0) return starts;
    for (let index = from; index < to; index++) {
      const journey = this.order[index] as number;
      const letter = this.letterAt(journey, depth);
      const target = letter < 0 ? -1 : (places[letter] as number);
      if (target < 0) this.scratch[place++] = journey;
      else {
        this.scratch[target] = journey;
        places[letter] = target + 1;
      }
    }
    this.order.set(this.scratch.subarray(from, to), from);
    return starts;
  }
}
