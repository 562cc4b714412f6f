import { mean } from 'simple-statistics';
import type { ExportedGraph } from './exported-graph';

type Cells = Readonly<Record<string, string>>;

/** A model of one question. */
export interface Stump {
  readonly column: string;
  /** Whether a vertex has less than a number, or another category. */
  readonly isLow: (cells: Cells) => boolean;
  /** What was told of those who are low, and of the others. */
  readonly sides: readonly [readonly string[], readonly string[]];
}

/** Learns the feature by which vertices differ most in what was told of them. */
export function learnStump({ nodes, features, target }: ExportedGraph): Stump {
  const told = [...nodes.values()].filter((cells) => cells[target] !== undefined);
  if (told.length === 0) throw new Error(`no vertex has a ${target}`);
  const stumps = features.map(({ column, type }) => stumpOf(column, questionOf(column, type, told), told, target));
  return stumps.reduce((best, stump) => (differenceOf(stump) > differenceOf(best) ? stump : best));
}

/** What was told of those on a vertex's side of a stump. */
export function sideOf({ isLow, sides }: Stump, cells: Cells): readonly string[] {
  return sides[isLow(cells) ? 0 : 1];
}

/** What a vertex does not have counts as nothing. */
function questionOf(column: string, type: string, told: readonly Cells[]): Stump['isLow'] {
  if (type === 'category') return (cells) => cells[column] !== 'c0';
  const threshold = mean(told.map((cells) => Number(cells[column] ?? 0)));
  return (cells) => Number(cells[column] ?? 0) < threshold;
}

function stumpOf(column: string, isLow: Stump['isLow'], told: readonly Cells[], target: string): Stump {
  const sides: [string[], string[]] = [[], []];
  for (const cells of told) sides[isLow(cells) ? 0 : 1].push(cells[target]!);
  return { column, isLow, sides };
}

function differenceOf({ sides }: Stump): number {
  if (sides.some((side) => side.length === 0)) return 0;
  const values = [...new Set(sides.flat())];
  const share = (side: readonly string[], value: string) => side.filter((own) => own === value).length / side.length;
  return Math.max(...values.map((value) => Math.abs(share(sides[0], value) - share(sides[1], value))));
}
