import type { LinkageSettings } from '../../../schemas/linkage';
import { sharedUint32 } from '../../parallel/shared-arrays';
import { forEach, type Task, type Work } from '../../parallel/work';
import { averageLinkage } from './average-linkage';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import type { ComparisonVectors } from '../comparison/comparison-vectors';
import { groupEqual } from '../records/equal-groups';
import { Numbering } from '../records/hashing';
import { comparerOf, type ComparableRecords, type SharedRecords } from '../comparison/kernel-comparer';
import { looseGroups, type LooseGroups } from './loose-groups';
import { MatchModel } from '../model/match-model';
import type { PairComparer } from '../comparison/pair-comparer';

/** Records are held together by pairs that are at least a quarter as likely one person as not; then they are looked at closely. */
const LOOSE = -2;
/** Weights beyond this are as good as certain, and no more: one pair does not outweigh all others of a cluster. */
const MOST_WEIGHT = 12;

/** Log2 odds within the bounds of what one pair may say. */
export function bounded(weight: number): number {
  return Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, weight));
}

/**
 * Groups records of one person. Pairs that may match hold records together loosely; within such a group every pair is
 * scored, also those that no blocking rule found, and the group is built up again by average linkage: a record joins
 * where it fits all on average, so that one shared phone does not glue a family together.
 *
 * @returns by record: the smallest number of its cluster
 */
export function* linkRecords(
  compared: ComparableRecords,
  pairs: CandidatePairs,
  vectors: ComparisonVectors,
  model: MatchModel,
  { threshold, uniquePerFile }: Pick<LinkageSettings, 'threshold' | 'uniquePerFile'>,
): Work<Uint32Array> {
  const { files, records } = compared.table;
  const weighed = { ...pairs, of: vectors.of, weights: vectorWeights(vectors, model) };
  const groups = yield* looseGroups(records, weighed, looseWeight(threshold));
  const within = { compared, groups, model, threshold };
  if (files === undefined || uniquePerFile === false) return yield* clusterGroups(within);
  if (uniquePerFile === true) return yield* clusterGroups({ ...within, apart: files });
  const clusters = yield* clusterGroups(within);
  return hasRepeated(clusters, files) ? clusters : yield* clusterGroups({ ...within, apart: files });
}

/** Where so few of the records put together are of one file, for every pair of two, each file has a person once. */
const REPEATED = 0.1;

/** Whether files have people more than once, by the clusters found without an opinion on that. */
function hasRepeated(clusters: Uint32Array, files: Uint8Array): boolean {
  const { count, places, starts } = groupEqual(clusters.map((cluster) => cluster + 1));
  let within = 0;
  let across = 0;
  for (let group = 0; group < count; group++) {
    const members = places.subarray(starts[group], starts[group + 1]);
    const second = members.reduce((sum, record) => sum + (files[record] as number), 0);
    const first = members.length - second;
    within += pairsOf(first) + pairsOf(second);
    across += first * second;
  }
  return within > REPEATED * across;
}

/** The weight above which a pair holds its records together, so that they are looked at closely. */
export function looseWeight(threshold: number): number {
  return Math.min(LOOSE, threshold);
}

/** The weight of every vector. */
export function vectorWeights({ size, fields, levels }: ComparisonVectors, model: MatchModel): Float64Array {
  return Float64Array.from({ length: size }, (_, vector) => model.weight(levels, vector * fields));
}

/** Loose groups, and what tells who within each is one person. */
interface GroupsToCluster {
  readonly compared: ComparableRecords;
  readonly groups: LooseGroups;
  readonly model: MatchModel;
  readonly threshold: number;
  /** Records with the same number are never one person. */
  readonly apart?: Uint8Array;
}

/** Clusters within groups; records of no group are clusters of their own. Returns by record the smallest of its cluster. */
function* clusterGroups({ compared, groups, model, threshold, apart }: GroupsToCluster): Work<Uint32Array> {
  const { table, kernel } = compared;
  const clusters = sharedUint32(table.records);
  for (let record = 0; record < clusters.length; record++) clusters[record] = record;
  const { fields, chance, classes } = model;
  const records = { table, ...(kernel === undefined ? {} : { kernel }) };
  yield* forEach(
    clusterPart,
    ranges(groups, PART_PAIRS).map((range) => {
      return { records, groups, range, model: { fields, chance, classes }, threshold, apart, clusters };
    }),
  );
  return clusters;
}

/** Groups from one number to another. */
interface GroupRange {
  readonly first: number;
  readonly end: number;
  /** Within each of them, together. */
  readonly pairs: number;
}

/** Pairs that a thread takes, and of these how many are compared at a time, nearly. */
const PART_PAIRS = 400_000;
const CHUNK_PAIRS = 16_384;

/** Cuts groups so that each range has as many pairs, nearly. */
function ranges(
  { starts }: LooseGroups,
  most: number,
  { first, end } = { first: 0, end: starts.length - 1 },
): GroupRange[] {
  const found: GroupRange[] = [];
  for (let from = first, next = first; from < end; from = next) {
    let pairs = 0;
    for (; next < end && pairs < most; next++) pairs += pairsOf(starts[next + 1]! - starts[next]!);
    found.push({ first: from, end: next, pairs });
  }
  return found;
}

interface PartToCluster {
  readonly records: SharedRecords;
  readonly groups: LooseGroups;
  readonly range: GroupRange;
  readonly model: Pick<MatchModel, 'fields' | 'chance' | 'classes'>;
  readonly threshold: number;
  readonly apart: Uint8Array | undefined;
  /** By record, where to write its cluster. */
  readonly clusters: Uint32Array;
}

/** Clusters the records of some groups. */
export const clusterPart: Task<PartToCluster, void> = {
  name: 'cluster groups',
  run: ({ records, groups, range, model, threshold, apart, clusters }, thread) => {
    const { fields, chance, classes } = model;
    const scorer = new PairScorer(comparerOf(records, thread), new MatchModel(fields, chance, classes), apart);
    for (const own of ranges(groups, CHUNK_PAIRS, range)) {
      clusterRange(groups, own, scorer.weights(groups, own), threshold, clusters);
    }
  },
};

/** @param weights of the pairs within the groups, one group after the other, in the order of `i < j` */
function clusterRange(
  { places, starts }: LooseGroups,
  { first, end }: GroupRange,
  weights: Float64Array,
  threshold: number,
  clusters: Uint32Array,
): void {
  let pair = 0;
  for (let group = first; group < end; group++) {
    const start = starts[group] as number;
    const size = (starts[group + 1] as number) - start;
    if (size === 2) {
      if ((weights[pair++] as number) > threshold) clusters[places[start + 1] as number] = places[start] as number;
      continue;
    }
    const square = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++, pair++) square[i * size + j] = square[j * size + i] = weights[pair] as number;
    }
    const own = new Uint32Array(size);
    averageLinkage(square, size, threshold, own);
    for (let item = 0; item < size; item++) {
      clusters[places[start + item] as number] = places[start + (own[item] as number)] as number;
    }
  }
}

function pairsOf(records: number): number {
  return (records * (records - 1)) / 2;
}

/** What is never one person, whatever else speaks for it. */
const APART = -1_000;

/** Scores pairs of records, without keeping them. */
class PairScorer {
  private readonly numbers = new Numbering();
  /** By number of a vector. */
  private readonly known: number[] = [];

  /** @param apart records with the same number are never one person */
  constructor(
    private readonly comparer: PairComparer,
    private readonly model: MatchModel,
    private readonly apart: Uint8Array | undefined,
  ) {}

  /** The weight of every pair within each group, in the order of `i < j`, bounded: valid until the next call. */
  weights({ places, starts }: LooseGroups, { first, end, pairs }: GroupRange): Float64Array {
    const a = new Uint32Array(pairs);
    const b = new Uint32Array(pairs);
    let pair = 0;
    for (let group = first; group < end; group++) {
      const last = starts[group + 1] as number;
      for (let i = starts[group] as number; i < last; i++) {
        for (let j = i + 1; j < last; j++, pair++) {
          a[pair] = places[i] as number;
          b[pair] = places[j] as number;
        }
      }
    }
    const packed = this.comparer.compare(a, b);
    for (let index = 0; index < packed.length; index++) {
      const isApart = this.apart !== undefined && this.apart[a[index] as number] === this.apart[b[index] as number];
      packed[index] = isApart ? APART : this.weightOf(packed[index] as number);
    }
    return packed;
  }

  private weightOf(packed: number): number {
    const number = this.numbers.numberOf(packed);
    if (number === this.known.length) {
      this.known.push(bounded(this.model.weight(this.comparer.packing.unpack(packed))));
    }
    return this.known[number] as number;
  }
}
