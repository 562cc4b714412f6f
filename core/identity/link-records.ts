import { DisjointSets } from './clusters';
import type { CandidatePairs } from './candidate-pairs';
import type { ComparisonVectors } from './comparison-vectors';
import type { ComparableRecords } from './kernel-comparer';
import type { MatchModel } from './match-model';
import type { PairComparer } from './pair-comparer';

/** Records are held together by pairs that are at least a quarter as likely one person as not; then they are looked at closely. */
const LOOSE = -2;
/** Weights beyond this are as good as certain, and no more: one pair does not outweigh all others of a cluster. */
const MOST_WEIGHT = 12;
/** More records than this held together by such pairs are no person; their closest pairs alone count. */
const MOST_TOGETHER = 1_000;

/**
 * Groups records of one person. Pairs that may match hold records together loosely; within such a group every pair is
 * scored, also those that no blocking rule found, and the group is built up again by average linkage (Sokal, Michener
 * 1958): a record joins where it fits all on average, so that one shared phone does not glue a family together.
 *
 * @returns by record: the smallest number of its cluster
 */
export function linkRecords(
  { table, comparer }: ComparableRecords,
  pairs: CandidatePairs,
  vectors: ComparisonVectors,
  model: MatchModel,
  threshold: number,
): Uint32Array {
  const weights = vectorWeights(vectors, model);
  const clusters = Uint32Array.from({ length: table.records }, (_, record) => record);
  const scorer = new PairScorer(comparer, model);
  for (const group of looseGroups(table.records, pairs, vectors, weights, Math.min(LOOSE, threshold))) {
    for (const cluster of averageLinkage(group, scorer, threshold)) {
      const name = cluster.reduce((least, record) => Math.min(least, record));
      for (const record of cluster) clusters[record] = name;
    }
  }
  return clusters;
}

/** The weight of every vector. */
export function vectorWeights({ size, fields, levels }: ComparisonVectors, model: MatchModel): Float64Array {
  return Float64Array.from({ length: size }, (_, vector) => model.weight(levels, vector * fields));
}

/** Groups of two or more records. */
function looseGroups(
  records: number,
  { size, a, b }: CandidatePairs,
  { of }: ComparisonVectors,
  weights: Float64Array,
  least: number,
): number[][] {
  const sets = joined(least);
  const groups = groupsOf(sets);
  return groups.flatMap((group) => (group.length <= MOST_TOGETHER ? [group] : split(group)));

  function joined(from: number): DisjointSets {
    const own = new DisjointSets(records);
    for (let pair = 0; pair < size; pair++) {
      if (weights[of[pair] as number]! > from) own.union(a[pair] as number, b[pair] as number);
    }
    return own;
  }

  function groupsOf(own: DisjointSets): number[][] {
    const members = new Map<number, number[]>();
    for (let record = 0; record < records; record++) {
      const root = own.find(record);
      const group = members.get(root);
      if (group === undefined) members.set(root, [record]);
      else group.push(record);
    }
    return [...members.values()].filter(({ length }) => length > 1);
  }

  /** Held together by surer and surer pairs, until the pieces can be looked at. */
  function split(group: readonly number[]): number[][] {
    const inGroup = new Set(group);
    for (let from = least + 2; ; from += 2) {
      const pieces = groupsOf(joined(from)).filter(([first]) => inGroup.has(first as number));
      if (pieces.every(({ length }) => length <= MOST_TOGETHER)) return pieces;
      if (from > 12) return pieces.filter(({ length }) => length <= MOST_TOGETHER);
    }
  }
}

/** Scores every pair of some records. */
class PairScorer {
  /** Weights by packed levels: there are few different ones. */
  private readonly known = new Map<number, number>();

  constructor(
    private readonly comparer: PairComparer,
    private readonly model: MatchModel,
  ) {}

  /** A square of weights, symmetric. */
  weights(records: readonly number[]): Float64Array {
    const size = records.length;
    const a = new Uint32Array((size * (size - 1)) / 2);
    const b = new Uint32Array(a.length);
    let pair = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++, pair++) {
        a[pair] = records[i] as number;
        b[pair] = records[j] as number;
      }
    }
    const packed = this.comparer.compare(a, b);
    const weights = new Float64Array(size * size);
    pair = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++, pair++) {
        weights[i * size + j] = weights[j * size + i] = this.weight(packed[pair] as number);
      }
    }
    return weights;
  }

  private weight(packed: number): number {
    let weight = this.known.get(packed);
    if (weight === undefined) {
      weight = this.model.weight(this.comparer.packing.unpack(packed));
      weight = Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, weight));
      this.known.set(packed, weight);
    }
    return weight;
  }
}

/** Joins the two clusters that fit best on average, again and again, while any two fit well enough. */
function averageLinkage(records: readonly number[], scorer: PairScorer, threshold: number): number[][] {
  const size = records.length;
  const weights = scorer.weights(records);
  const clusters = records.map((record) => [record]);
  const alive = records.map((_, index) => index);
  for (;;) {
    const best = bestPair(weights, size, alive, threshold);
    if (best === undefined) return alive.map((index) => clusters[index]!);
    const [into, from] = best;
    joinWeights(weights, size, alive, { into, from, ofInto: clusters[into]!.length, ofFrom: clusters[from]!.length });
    clusters[into]!.push(...clusters[from]!);
    alive.splice(alive.indexOf(from), 1);
  }
}

function bestPair(
  weights: Float64Array,
  size: number,
  alive: readonly number[],
  threshold: number,
): [number, number] | undefined {
  let best: [number, number] | undefined;
  let most = threshold;
  for (let x = 0; x < alive.length; x++) {
    for (let y = x + 1; y < alive.length; y++) {
      const weight = weights[alive[x]! * size + alive[y]!] as number;
      if (weight > most) {
        most = weight;
        best = [alive[x]!, alive[y]!];
      }
    }
  }
  return best;
}

interface Join {
  readonly into: number;
  readonly from: number;
  readonly ofInto: number;
  readonly ofFrom: number;
}

function joinWeights(weights: Float64Array, size: number, alive: readonly number[], join: Join): void {
  const { into, from, ofInto, ofFrom } = join;
  for (const other of alive) {
    if (other === into || other === from) continue;
    const average =
      (weights[into * size + other]! * ofInto + weights[from * size + other]! * ofFrom) / (ofInto + ofFrom);
    weights[into * size + other] = weights[other * size + into] = average;
  }
}
