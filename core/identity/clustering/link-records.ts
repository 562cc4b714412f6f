import type { LinkageSettings } from '../../../schemas/linkage';
import { averageLinkage } from './average-linkage';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import type { ComparisonVectors } from '../comparison/comparison-vectors';
import { groupEqual } from '../records/equal-groups';
import { Numbering } from '../records/hashing';
import type { ComparableRecords } from '../comparison/kernel-comparer';
import { looseGroups } from './loose-groups';
import type { MatchModel } from '../model/match-model';
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
export function linkRecords(
  { table, comparer }: ComparableRecords,
  pairs: CandidatePairs,
  vectors: ComparisonVectors,
  model: MatchModel,
  { threshold, uniquePerFile }: Pick<LinkageSettings, 'threshold' | 'uniquePerFile'>,
): Uint32Array {
  const weights = vectorWeights(vectors, model);
  const weightOf = (pair: number) => weights[vectors.of[pair] as number] as number;
  const groups = looseGroups(table.records, pairs, weightOf, looseWeight(threshold));
  const cluster = (apart?: Uint8Array) =>
    clusterGroups(groups, table.records, new PairScorer(comparer, model, apart), threshold);
  if (table.files === undefined || uniquePerFile === false) return cluster();
  if (uniquePerFile === true) return cluster(table.files);
  const clusters = cluster();
  return hasRepeated(clusters, table.files) ? clusters : cluster(table.files);
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

/** Pairs that are compared at a time, nearly. */
const BATCH_PAIRS = 200_000;

/**
 * Clusters within groups; records of no group are clusters of their own.
 *
 * @param groups records in ascending order
 * @returns by record: the smallest number of its cluster
 */
export function clusterGroups(
  groups: readonly Uint32Array[],
  records: number,
  scorer: PairScorer,
  threshold: number,
): Uint32Array {
  const clusters = Uint32Array.from({ length: records }, (_, record) => record);
  for (let first = 0, last = 0; first < groups.length; first = last) {
    let pairs = 0;
    for (; last < groups.length && pairs < BATCH_PAIRS; last++) pairs += pairsOf(groups[last]!.length);
    clusterBatch(groups.slice(first, last), pairs, scorer, threshold, clusters);
  }
  return clusters;
}

function clusterBatch(
  groups: readonly Uint32Array[],
  pairs: number,
  scorer: PairScorer,
  threshold: number,
  clusters: Uint32Array,
): void {
  const weights = scorer.weights(groups, pairs);
  let pair = 0;
  for (const group of groups) {
    const size = group.length;
    if (size === 2) {
      if ((weights[pair++] as number) > threshold) clusters[group[1] as number] = group[0] as number;
      continue;
    }
    const square = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++, pair++) square[i * size + j] = square[j * size + i] = weights[pair] as number;
    }
    const own = new Uint32Array(size);
    averageLinkage(square, size, threshold, own);
    for (let item = 0; item < size; item++) clusters[group[item] as number] = group[own[item] as number] as number;
  }
}

function pairsOf(records: number): number {
  return (records * (records - 1)) / 2;
}

/** What is never one person, whatever else speaks for it. */
const APART = -1_000;

/** Scores pairs of records, without keeping them. */
export class PairScorer {
  private readonly numbers = new Numbering();
  /** By number of a vector. */
  private readonly known: number[] = [];

  /** @param apart records with the same number are never one person */
  constructor(
    private readonly comparer: PairComparer,
    private readonly model: MatchModel,
    private readonly apart?: Uint8Array,
  ) {}

  /** The weight of every pair within each group, in the order of `i < j`, bounded: valid until the next call. */
  weights(groups: readonly Uint32Array[], pairs: number): Float64Array {
    const a = new Uint32Array(pairs);
    const b = new Uint32Array(pairs);
    let pair = 0;
    for (const group of groups) {
      for (let i = 0; i < group.length; i++) {
        for (let j = i + 1; j < group.length; j++, pair++) {
          a[pair] = group[i] as number;
          b[pair] = group[j] as number;
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
