import type { JourneyFrequencyAnswer, JourneyFrequencyQuestion, JourneyTreeNode } from '../../../schemas/frequency';
import type { FrequencyAnalysis } from '../analyze-frequency';
import { countSteps } from '../journey-details';
import { compareLetters, parseRow, type FrequencyRow, type ParsedRow } from './rows-sql';
import type { SqlView } from './sql-view';

/** The answer in the rows of `frequencySql`'s statement, in any order: the same as `analyzeFrequency` gives. */
export function readFrequencyAnswer(
  rows: readonly FrequencyRow[],
  question: JourneyFrequencyQuestion,
  { names }: SqlView,
): FrequencyAnalysis {
  const parsed = rows.map((row) => parseRow(row, question.steps));
  const of = (kind: string) => parsed.filter((row) => row.kind === kind);
  const [customers] = of('customers');
  const [total] = of('total');
  const lengths = of('length');
  const journeysCounted = total?.n ?? 0;
  const allCustomers = customers?.n ?? 0;
  const positions = positionsOf(of('position'), question.as, names);
  const tree = question.tree === undefined ? undefined : treeOf(of('node'), names, question.tree, journeysCounted);
  return {
    journeys: of('journey')
      .sort((a, b) => b.n - a.n || compareLetters(a.letters, b.letters))
      .map(({ n, x, y, letters, sums }) => ({
        steps: letters.map((letter) => names[letter] as string),
        count: n,
        share: n / journeysCounted,
        shareOfAll: n / allCustomers,
        medianMs: x,
        p90Ms: y,
        ...(question.repeats === 'collapse' ? { repeats: letters.map((_, index) => (sums[index] as number) / n) } : {}),
      })),
    positions,
    customers: total?.x ?? 0,
    journeysCounted,
    allCustomers,
    steps: countSteps(names, positions),
    dropOff: dropOffOf(lengths, question.as),
    ...(tree === undefined ? {} : { tree }),
  };
}

/** Letters are in the order of names, so that counts decide first, then they. */
function positionsOf(
  rows: readonly ParsedRow[],
  as: JourneyFrequencyQuestion['as'],
  names: readonly string[],
): JourneyFrequencyAnswer['positions'] {
  return rows
    .map(({ n, x, letters: [letter] }) => ({ offset: as === 'end' ? -x || 0 : x, letter: letter as number, count: n }))
    .sort((a, b) => a.offset - b.offset || b.count - a.count || a.letter - b.letter)
    .map(({ offset, letter, count }) => ({ offset, step: names[letter] as string, count }));
}

function dropOffOf(
  rows: readonly ParsedRow[],
  as: JourneyFrequencyQuestion['as'],
): NonNullable<JourneyFrequencyAnswer['dropOff']> {
  const longest = rows.reduce((most, { x }) => Math.max(most, x), 0);
  return Array.from({ length: longest }, (_, position) => {
    const reached = rows.filter(({ x }) => x > position);
    const continued = reached.reduce((sum, { n, x, y }) => sum + (x > position + 1 ? n : y), 0);
    const all = reached.reduce((sum, { n }) => sum + n, 0);
    return { offset: as === 'end' ? -position || 0 : position, continued, ended: all - continued };
  });
}

/** Nodes by the letters that lead to them. */
function treeOf(
  rows: readonly ParsedRow[],
  names: readonly string[],
  { breadth, minShare }: NonNullable<JourneyFrequencyQuestion['tree']>,
  journeysCounted: number,
): JourneyTreeNode | undefined {
  const byParent = new Map<string, ParsedRow[]>();
  for (const row of rows) {
    const parent = row.letters.slice(0, -1).join();
    byParent.set(parent, [...(byParent.get(parent) ?? []), row]);
  }
  const leastCount = Math.max(1, minShare * journeysCounted);
  const [root] = byParent.get('') ?? [];
  return root === undefined ? undefined : nodeOf(root);

  function nodeOf({ letters, n, y }: ParsedRow): JourneyTreeNode {
    const next = byParent.get(letters.join()) ?? [];
    const last = next.find((row) => row.letters.at(-1) === -1);
    const branches = next.filter((row) => row !== last);
    const children = branches
      .filter((row) => row.n >= leastCount)
      .sort((a, b) => b.n - a.n || (a.letters.at(-1) as number) - (b.letters.at(-1) as number))
      .slice(0, breadth);
    // Nothing follows the last step asked for: what goes on there is cut.
    const beyond = next.length === 0 ? { n, cut: y } : { n: last?.n ?? 0, cut: last?.y ?? 0 };
    const shown = children.reduce((sum, row) => sum + row.n, 0);
    const folded = n - beyond.n - shown;
    const steps = (branches[0]?.x ?? 0) - children.length;
    return {
      step: names[letters.at(-1) as number] as string,
      count: n,
      ended: beyond.n - beyond.cut,
      cut: beyond.cut,
      ...(folded === 0 ? {} : { other: { count: folded, steps } }),
      children: children.map(nodeOf),
    };
  }
}
