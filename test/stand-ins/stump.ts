import { mean } from 'simple-statistics';
import type { ExportedGraph } from './exported-graph';

/** A model of one question: how much a vertex has of one feature. */
export interface Stump {
  readonly column: string;
  readonly threshold: number;
  /** What was told of those who have less, and of the others. */
  readonly sides: readonly [readonly string[], readonly string[]];
}

type Cells = Readonly<Record<string, string>>;

/** Learns the numerical feature whose halves differ most in what was told of them. */
export function learnStump({ nodes, features, target }: ExportedGraph): Stump {
  const told = [...nodes.values()].filter((cells) => cells[target] !== undefined);
  if (told.length === 0) throw new Error(`no vertex has a ${target}`);
  const stumps = features.filter(({ type }) => type === 'numerical').map(({ column }) => stumpOf(column, told, target));
  return stumps.reduce((best, stump) => (differenceOf(stump) > differenceOf(best) ? stump : best));
}

/** Which side of a stump a vertex is on: what it does not have counts as nothing. */
export function sideOf({ column, threshold, sides }: Stump, cells: Cells): readonly string[] {
  return sides[Number(cells[column] ?? 0) < threshold ? 0 : 1];
}

function stumpOf(column: string, told: readonly Cells[], target: string): Stump {
  const threshold = mean(told.map((cells) => Number(cells[column] ?? 0)));
  const sides: [string[], string[]] = [[], []];
  for (const cells of told) sides[Number(cells[column] ?? 0) < threshold ? 0 : 1].push(cells[target]!);
  return { column, threshold, sides };
}

function differenceOf({ sides }: Stump): number {
  if (sides.some((side) => side.length === 0)) return 0;
  const values = [...new Set(sides.flat())];
  const share = (side: readonly string[], value: string) => side.filter((own) => own === value).length / side.length;
  return Math.max(...values.map((value) => Math.abs(share(sides[0], value) - share(sides[1], value))));
}
