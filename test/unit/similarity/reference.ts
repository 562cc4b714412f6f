import type { StepWeights } from '../../../schemas/similarity';

/** Distances by the textbook, over names of steps: nothing is shared with what it checks. */
export function plainDistance(a: readonly string[], b: readonly string[], weights: StepWeights): number {
  const step = (name: string) => weights.steps[name] ?? 1;
  const exchange = (from: string, to: string) => {
    if (from === to) return 0;
    const costs = weights.pairs
      .filter(({ steps: [x, y] }) => (x === from && y === to) || (x === to && y === from))
      .map(({ cost }) => cost);
    return Math.min(Math.max(step(from), step(to)), ...costs);
  };
  const rows: number[][] = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      const ways: number[] = [];
      if (i > 0) ways.push(rows[i - 1]![j]! + step(a[i - 1]!));
      if (j > 0) ways.push(rows[i]![j - 1]! + step(b[j - 1]!));
      if (i > 0 && j > 0) ways.push(rows[i - 1]![j - 1]! + exchange(a[i - 1]!, b[j - 1]!));
      rows[i]![j] = ways.length === 0 ? 0 : Math.min(...ways);
    }
  }
  return rows[a.length]![b.length]!;
}

export interface PlainMatch {
  readonly journey: number;
  readonly similarity: number;
}

/** Every journey at least as similar as asked for, the most similar first. */
export function plainSimilar(
  journeys: readonly (readonly string[])[],
  pattern: readonly string[],
  minSimilarity: number,
  weights: StepWeights,
): PlainMatch[] {
  const costOf = (steps: readonly string[]) => steps.reduce((sum, step) => sum + (weights.steps[step] ?? 1), 0);
  return journeys
    .map((steps, journey) => {
      const most = Math.max(costOf(steps), costOf(pattern));
      const distance = plainDistance(pattern, steps, weights);
      return { journey, similarity: most === 0 ? 1 : Math.max(0, (most - distance) / most), most, distance };
    })
    .filter(({ most, distance }) => distance <= most * (1 - minSimilarity) + 1e-9)
    .sort((a, b) => b.similarity - a.similarity || a.journey - b.journey)
    .map(({ journey, similarity }) => ({ journey, similarity }));
}
