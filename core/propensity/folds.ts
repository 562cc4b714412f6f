import { randomNumbers } from '../statistics/random-numbers';
import type { LabelledTable } from './feature-table';

/** Rows to learn from and rows to test with. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Parts the rows into so many folds at random, each with its share of every label (scores: by tenths), and none with a part
 * of a group only.
 *
 * @param seed the same rows and seed make the same folds
 */
export function foldsOf(
  { labels, groups }: Pick<LabelledTable, 'labels' | 'groups'>,
  folds: number,
  seed: number,
): Fold[] {
  const random = randomNumbers(seed);
  const members = membersOf(labels, groups);
  const strata = strataOf(labels);
  // Of a group with several labels, the highest counts: hits are the rare ones.
  const ranked = members.map((rows) => ({
    rows,
    stratum: rows.reduce((most, row) => Math.max(most, strata(labels[row] as number)), 0),
    draw: random(),
  }));
  ranked.sort((one, other) => one.stratum - other.stratum || one.draw - other.draw);
  const foldOf = new Int8Array(labels.length);
  ranked.forEach(({ rows }, index) => rows.forEach((row) => (foldOf[row] = index % folds)));
  return Array.from({ length: folds }, (_, fold) => ({
    train: rowsWhere(foldOf, (own) => own !== fold),
    test: rowsWhere(foldOf, (own) => own === fold),
  }));
}

function membersOf(labels: Float32Array, groups: Int32Array | undefined): number[][] {
  const members = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const group = groups === undefined ? row : (groups[row] as number);
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [row]);
    else rows.push(row);
  }
  return [...members.values()];
}

const TENTHS = 10;

/** What labels are alike: the same one or, of many, the same tenth. */
function strataOf(labels: Float32Array): (label: number) => number {
  if (new Set(labels).size <= TENTHS) return (label) => label;
  const sorted = labels.slice().sort();
  const bounds = Array.from(
    { length: TENTHS - 1 },
    (_, tenth) => sorted[Math.floor(((tenth + 1) * sorted.length) / TENTHS)]!,
  );
  return (label) => bounds.filter((bound) => label >= bound).length;
}

function rowsWhere(foldOf: Int8Array, isWanted: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  foldOf.forEach((fold, row) => isWanted(fold) && rows.push(row));
  return Int32Array.from(rows);
}
