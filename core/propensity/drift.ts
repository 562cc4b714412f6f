import { quantileSorted } from 'simple-statistics';
import type { FeatureColumn, FeatureTable } from './feature-table';

/** How often the values of a column fell into each of some bins; the last bin is what was missing. */
export interface ReferenceColumn {
  readonly name: string;
  /** Of numbers, the upper bounds of all bins but the last of them. */
  readonly edges?: readonly number[];
  /** Of categories, one a bin; all others have the bin behind these. */
  readonly categories?: readonly string[];
  /** They sum to 1. */
  readonly shares: readonly number[];
}

/** What a model was learned from, as far as it takes to see whether customers are still like that. */
export interface Reference {
  /** Epoch milliseconds up to which all was known. */
  readonly knownUntil: number;
  readonly rows: number;
  readonly features: readonly ReferenceColumn[];
  /** What it said of rows that it had not seen. */
  readonly score: ReferenceColumn;
}

/** How far a column is from what it was. */
export interface Drift {
  /** The population stability index. */
  readonly psi: number;
  /** Whether so much would hardly be by chance, of so few rows. */
  readonly isBeyondChance: boolean;
}

export interface FeatureDrift extends Drift {
  readonly feature: string;
}

const BINS = 10;
/** A bin that is empty on one side would make the index infinite. */
const LEAST_SHARE = 1e-4;
/** Of the normal distribution, for a chance of one in ten thousand. */
const Z_RARE = 3.719;

/** @param score of the likeliest class, of probabilities of several */
export function referenceOf(table: FeatureTable, score: ArrayLike<number>, knownUntil: number): Reference {
  return {
    knownUntil,
    rows: table.rows,
    features: table.features.map(columnOf),
    score: numberColumn('score', score),
  };
}

/** How far the features of some rows are from those of a reference, the farthest first. A feature that is not there any more is left out. */
export function featureDrifts(reference: Reference, table: FeatureTable): FeatureDrift[] {
  const now = new Map(table.features.map((feature) => [feature.name, feature]));
  const drifts = reference.features.flatMap((column) => {
    const feature = now.get(column.name);
    if (feature === undefined) return [];
    const values = feature.kind === 'number' ? feature.values : namesOf(feature);
    return [{ feature: column.name, ...driftOf(column, values, reference.rows) }];
  });
  return drifts.sort((one, other) => other.psi - one.psi);
}

/**
 * The population stability index of values against a reference column (Siddiqi 2006; 0.25 and more is commonly called a
 * shift), and whether it is beyond what samples of these sizes differ by (Yurdakul and Naranjo 2020: chi-squared, scaled).
 */
export function driftOf(column: ReferenceColumn, values: ArrayLike<number | string>, referenceRows: number): Drift {
  const rows = values.length;
  const counts = new Float64Array(column.shares.length);
  for (let row = 0; row < rows; row++) counts[binOf(column, values[row]!)]!++;
  let psi = 0;
  let bins = 0;
  column.shares.forEach((before, bin) => {
    const share = counts[bin]! / Math.max(1, rows);
    if (before === 0 && share === 0) return;
    bins++;
    const [was, is] = [Math.max(before, LEAST_SHARE), Math.max(share, LEAST_SHARE)];
    psi += (is - was) * Math.log(is / was);
  });
  const chance = rareChiSquared(Math.max(1, bins - 1)) * (1 / Math.max(1, rows) + 1 / Math.max(1, referenceRows));
  return { psi, isBeyondChance: psi > chance };
}

function columnOf(feature: FeatureColumn): ReferenceColumn {
  if (feature.kind === 'number') return numberColumn(feature.name, feature.values);
  const { name, categories, codes } = feature;
  const column = { name, categories, shares: new Array<number>(categories.length + 2).fill(0) };
  return withShares(column, namesOf(feature), codes.length);
}

/** Bins of about as many values each; of few distinct ones, a bin for each. */
function numberColumn(name: string, values: ArrayLike<number>): ReferenceColumn {
  const known = Array.from(Float64Array.from(Array.from(values).filter(Number.isFinite)).sort());
  const quantiles = Array.from({ length: BINS - 1 }, (_, bin) => (bin + 1) / BINS);
  const edges = known.length === 0 ? [] : quantiles.map((share) => quantileSorted(known, share));
  const distinct = [...new Set(edges)];
  const column = { name, edges: distinct, shares: new Array<number>(distinct.length + 2).fill(0) };
  return withShares(column, values, values.length);
}

function withShares(column: ReferenceColumn, values: ArrayLike<number | string>, rows: number): ReferenceColumn {
  const shares = [...column.shares];
  for (let row = 0; row < rows; row++) shares[binOf(column, values[row]!)]! += 1 / rows;
  return { ...column, shares };
}

function binOf({ edges, categories, shares }: ReferenceColumn, value: number | string): number {
  const missing = shares.length - 1;
  if (typeof value === 'string') {
    const place = categories!.indexOf(value);
    return value === MISSING ? missing : place < 0 ? missing - 1 : place;
  }
  if (!Number.isFinite(value)) return missing;
  const above = edges!.findIndex((edge) => value <= edge);
  return above < 0 ? missing - 1 : above;
}

/** No category has this name. */
const MISSING = '\u0000missing';

function namesOf({ codes, categories }: Extract<FeatureColumn, { kind: 'category' }>): string[] {
  return Array.from(codes, (code) => categories[code] ?? MISSING);
}

/** The value that chi-squared exceeds once in ten thousand times (Wilson and Hilferty 1931). */
function rareChiSquared(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + Z_RARE * Math.sqrt(spread)) ** 3;
}
