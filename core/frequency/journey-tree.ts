import type { JourneyFrequencyQuestion, JourneyTreeNode } from '../../schemas/frequency';
import { codePointRanks } from '../text/code-points';
import { selectTop } from './select-top';
import type { CutJourneys } from './cut';

type TreeQuestion = Pick<JourneyFrequencyQuestion, 'as'> & {
  readonly tree: NonNullable<JourneyFrequencyQuestion['tree']>;
};

type Node = { -readonly [Field in keyof JourneyTreeNode]: JourneyTreeNode[Field] };

/**
 * The journeys as a tree rooted in the event of interest: a node is the steps from there outwards, so a tree `as: end`
 * reads against time. At every node `count = ended + cut + other.count + the children's counts`: nothing is left out.
 *
 * @returns undefined when there is no journey
 */
export function journeyTree(cut: CutJourneys, question: TreeQuestion): JourneyTreeNode | undefined {
  const journeys = cut.starts.length;
  if (journeys === 0) return undefined;
  const root = newNode(cut.alphabet[letterAt(cut, question.as, 0, 0)] as string, journeys);
  const travellers = { journeys: new Uint32Array(journeys), nodes: new Uint32Array(journeys), size: journeys };
  for (let journey = 0; journey < journeys; journey++) travellers.journeys[journey] = journey;
  let level = [root];
  for (let depth = 1; level.length > 0; depth++) level = grow(cut, question, level, travellers, depth);
  return root;
}

function newNode(step: string, count: number): Node {
  return { step, count, ended: 0, cut: 0, children: [] };
}

/** The journeys that are still within the tree, in order, each with its node among those of the level. */
interface Travellers {
  readonly journeys: Uint32Array;
  readonly nodes: Uint32Array;
  size: number;
}

/** A level has at most so many counts of letters at nodes; what would go beyond is folded. */
const MOST_COUNTS = 4_000_000;

/**
 * Grows the next level: counts where every journey goes from its node, gives each node its branches, and moves the
 * journeys on. Levels are made one after the other because that reads the journeys in the order of memory.
 */
function grow(cut: CutJourneys, question: TreeQuestion, level: Node[], travellers: Travellers, depth: number): Node[] {
  const letters = cut.alphabet.length;
  const ranks = codePointRanks(cut.alphabet);
  const counts = countNext(cut, question.as, level, travellers, depth);
  const childOf = new Int32Array(counts.length).fill(-1); // by node and letter: the child among the grown
  const grown: Node[] = [];
  level.forEach((node, index) => {
    const own = counts.subarray(index * letters, (index + 1) * letters);
    for (const letter of branches(question.tree, own, ranks, cut.starts.length)) {
      if ((grown.length + 1) * letters > MOST_COUNTS) break;
      const child = newNode(cut.alphabet[letter] as string, own[letter] as number);
      childOf[index * letters + letter] = grown.push(child) - 1;
      node.children.push(child);
    }
    foldOthers(node, own);
  });
  moveOn(cut, question.as, travellers, depth, childOf);
  return grown;
}

/** How many journeys go on with each letter, by node; those that do not go on are told to their nodes. */
function countNext(
  cut: CutJourneys,
  as: TreeQuestion['as'],
  nodes: readonly Node[],
  { journeys, nodes: nodeOf, size }: Travellers,
  depth: number,
): Uint32Array {
  const letters = cut.alphabet.length;
  const counts = new Uint32Array(nodes.length * letters);
  for (let index = 0; index < size; index++) {
    const node = nodeOf[index] as number;
    const journey = journeys[index] as number;
    const letter = letterAt(cut, as, journey, depth);
    if (letter >= 0) counts[node * letters + letter] = (counts[node * letters + letter] as number) + 1;
    else if (cut.goesOn[journey] === 1) (nodes[node] as Node).cut++;
    else (nodes[node] as Node).ended++;
  }
  return counts;
}

/** The letters to show as branches, the most frequent first. */
function branches(
  { breadth, minShare }: TreeQuestion['tree'],
  counts: Uint32Array,
  ranks: Uint32Array,
  journeys: number,
): number[] {
  const leastCount = Math.max(1, minShare * journeys);
  const seen: number[] = [];
  for (let letter = 0; letter < counts.length; letter++)
    if ((counts[letter] as number) >= leastCount) seen.push(letter);
  if (seen.length === 0) return seen;
  const order = (a: number, b: number) => {
    const [one, other] = [seen[a] as number, seen[b] as number];
    return (counts[other] as number) - (counts[one] as number) || (ranks[one] as number) - (ranks[other] as number);
  };
  return selectTop(seen.length, breadth, order).map((index) => seen[index] as number);
}

function foldOthers(node: Node, counts: Uint32Array): void {
  const shown = node.children.reduce((sum, child) => sum + child.count, 0);
  const folded = node.count - node.ended - node.cut - shown;
  if (folded === 0) return;
  let steps = -node.children.length;
  for (let letter = 0; letter < counts.length; letter++) if (counts[letter] !== 0) steps++;
  node.other = { count: folded, steps };
}

/** Leaves only the journeys that go on to a branch, each at its new node. */
function moveOn(
  cut: CutJourneys,
  as: TreeQuestion['as'],
  travellers: Travellers,
  depth: number,
  childOf: Int32Array,
): void {
  const letters = cut.alphabet.length;
  const { journeys, nodes, size } = travellers;
  let kept = 0;
  for (let index = 0; index < size; index++) {
    const journey = journeys[index] as number;
    const letter = letterAt(cut, as, journey, depth);
    if (letter < 0) continue;
    const child = childOf[(nodes[index] as number) * letters + letter] as number;
    if (child < 0) continue;
    journeys[kept] = journey;
    nodes[kept++] = child;
  }
  travellers.size = kept;
}

/** The letter so many steps from the event of interest; -1 beyond the journey. */
function letterAt(
  { steps, starts, ends }: CutJourneys,
  as: TreeQuestion['as'],
  journey: number,
  depth: number,
): number {
  const start = starts[journey] as number;
  const end = ends[journey] as number;
  if (depth >= end - start) return -1;
  return steps[as === 'end' ? end - 1 - depth : start + depth] as number;
}
