import { DisjointSets } from './clusters';
import type { ApartConstraints, FirmSets } from './firm-sets';
import type { UnitLink, UnitWeights } from './unit-weights';

type Unit = readonly number[];

/**
 * Joins the units of a group by average linkage (Sokal & Michener 1958): the two clusters that fit best on average
 * become one, while any two fit better than the threshold. Pairs of units of which no field is known on both sides do
 * not count, and clusters that are held apart are never joined.
 *
 * @param firm takes the unions
 * @returns of each joined cluster the strongest spanning tree of links above the threshold
 */
export function joinUnits(
  units: readonly Unit[],
  firm: FirmSets,
  weights: Pick<UnitWeights, 'links'>,
  { uniqueSource, settled }: ApartConstraints,
  threshold: number,
): UnitLink[] {
  const isSettled = units.map((unit) => settled !== undefined && unit.every((profile) => settled[profile] === 1));
  const links = weights.links(units, (i, j) => isSettled[i]! && isSettled[j]!);
  const clusters = new UnitClusters(units, links, threshold, uniqueSource);
  for (;;) {
    const best = clusters.best();
    if (best === undefined) return strongestTrees(links, firm, units, threshold);
    const [into, from] = best;
    // Refused for good: whatever either is joined with, they stay apart.
    if (firm.union(units[into]![0]!, units[from]![0]!)) clusters.join(into, from);
    else clusters.keepApart(into, from);
  }
}

/** Clusters of units by the number of their first unit, with how well every two fit. */
class UnitClusters {
  private readonly size: number;
  private readonly alive: number[];
  /** Squares: the sum of the known weights between two clusters, and how many there are. */
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly sources: Set<number>[];
  /** By cluster: the one it fits best, or -1. */
  private readonly nearest: Int32Array;

  constructor(
    units: readonly Unit[],
    links: readonly UnitLink[],
    private readonly threshold: number,
    uniqueSource: Uint8Array,
  ) {
    const size = (this.size = units.length);
    this.alive = units.map((_, index) => index);
    this.sums = new Float64Array(size * size);
    this.counts = new Float64Array(size * size);
    this.sources = units.map((unit) => new Set(unit.map((profile) => uniqueSource[profile]!).filter(Boolean)));
    let link = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++)
        this.set(i, j, links[link]!.weight ?? 0, links[link++]!.weight === undefined ? 0 : 1);
    }
    this.nearest = new Int32Array(size).fill(-1);
    for (const cluster of this.alive) this.findNearest(cluster);
  }

  /** The two that fit best, the older ones of equals. */
  best(): [number, number] | undefined {
    let best: [number, number] | undefined;
    let most = this.threshold;
    for (const cluster of this.alive) {
      const nearest = this.nearest[cluster]!;
      if (nearest >= 0 && this.fit(cluster, nearest) > most) {
        most = this.fit(cluster, nearest);
        best = [Math.min(cluster, nearest), Math.max(cluster, nearest)];
      }
    }
    return best;
  }

  join(into: number, from: number): void {
    const { size, sums, counts } = this;
    this.alive.splice(this.alive.indexOf(from), 1);
    for (const source of this.sources[from]!) this.sources[into]!.add(source);
    for (const other of this.alive) {
      if (other === into) continue;
      const [a, b] = [into * size + other, from * size + other];
      this.set(into, other, sums[a]! + sums[b]!, counts[a]! + counts[b]!);
    }
    // A joined cluster fits others no better than the better of its parts did: only who was nearest to a part looks again.
    for (const other of this.alive) {
      const nearest = this.nearest[other]!;
      if (other === into || nearest === into || nearest === from) this.findNearest(other);
    }
  }

  keepApart(one: number, other: number): void {
    this.set(one, other, -Infinity, 1);
    this.findNearest(one);
    this.findNearest(other);
  }

  private set(i: number, j: number, sum: number, count: number): void {
    const { size } = this;
    this.sums[i * size + j] = this.sums[j * size + i] = sum;
    this.counts[i * size + j] = this.counts[j * size + i] = count;
  }

  private fit(i: number, j: number): number {
    const at = i * this.size + j;
    return this.counts[at] === 0 ? -Infinity : this.sums[at]! / this.counts[at]!;
  }

  private findNearest(cluster: number): void {
    let nearest = -1;
    let most = this.threshold;
    for (const other of this.alive) {
      if (other === cluster || !(this.fit(cluster, other) > most) || this.shareSource(cluster, other)) continue;
      most = this.fit(cluster, other);
      nearest = other;
    }
    this.nearest[cluster] = nearest;
  }

  /** Whether both hold a profile of a source that knows every person once. */
  private shareSource(one: number, other: number): boolean {
    const others = this.sources[other]!;
    for (const source of this.sources[one]!) if (others.has(source)) return true;
    return false;
  }
}

/** Maximum spanning trees of the joined clusters (Kruskal 1956), over links above the threshold. */
function strongestTrees(
  links: readonly UnitLink[],
  firm: FirmSets,
  units: readonly Unit[],
  threshold: number,
): UnitLink[] {
  const unitOf = new Map(units.flatMap((unit, index) => unit.map((profile) => [profile, index] as const)));
  const trees = new DisjointSets(units.length);
  return links
    .filter(({ weight, a, b }) => weight !== undefined && weight > threshold && firm.find(a) === firm.find(b))
    .sort((one, other) => other.weight! - one.weight!)
    .filter(({ a, b }) => {
      const [unitA, unitB] = [unitOf.get(a)!, unitOf.get(b)!];
      if (trees.find(unitA) === trees.find(unitB)) return false;
      trees.union(unitA, unitB);
      return true;
    });
}
