import { Numbering } from './records/hashing';

/** How well pairs, or clusters as pairs, fit the truth. */
export interface Accuracy {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function accuracyOf(right: number, found: number, wanted: number): Accuracy {
  const precision = found === 0 ? 1 : right / found;
  const recall = wanted === 0 ? 1 : right / wanted;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** How many records each cluster, each person, and each cluster of a person has: all that the measures need. */
interface Overlaps {
  readonly clusters: Uint32Array;
  readonly people: Uint32Array;
  /** By number of a cluster's part that is of one person: its records, the cluster and the person. */
  readonly parts: Uint32Array;
  readonly clusterOf: Uint32Array;
  readonly personOf: Uint32Array;
}

/**
 * Clusters against the truth, by pairs of records, and by B-cubed (Bagga, Baldwin 1998): each record's share of its own
 * cluster, and of its own person, averaged.
 *
 * @param clusters the cluster of every record
 * @param people the person of every record, by number
 */
export function clusterAccuracy(clusters: Uint32Array, people: Uint32Array): Accuracy & { readonly b3: Accuracy } {
  const overlaps = overlapsOf(clusters, people);
  const accuracy = accuracyOf(pairsIn(overlaps.parts), pairsIn(overlaps.clusters), pairsIn(overlaps.people));
  return { ...accuracy, b3: bCubed(overlaps, clusters.length) };
}

function bCubed({ clusters, people, parts, clusterOf, personOf }: Overlaps, records: number): Accuracy {
  let precision = 0;
  let recall = 0;
  parts.forEach((own, part) => {
    precision += (own * own) / clusters[clusterOf[part] as number]!;
    recall += (own * own) / people[personOf[part] as number]!;
  });
  precision /= Math.max(1, records);
  recall /= Math.max(1, records);
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function overlapsOf(clusters: Uint32Array, people: Uint32Array): Overlaps {
  const numbers = new Numbering();
  const base = maxOf(people) + 1;
  const partOf = clusters.map((cluster, record) => numbers.numberOf(cluster * base + (people[record] as number)));
  const keys = numbers.values.subarray(0, numbers.size);
  return {
    clusters: countOf(clusters),
    people: countOf(people),
    parts: countOf(partOf),
    clusterOf: Uint32Array.from(keys, (key) => Math.floor(key / base)),
    personOf: Uint32Array.from(keys, (key) => key % base),
  };
}

/** By number of a group: how many there are of it. */
function countOf(groups: Uint32Array): Uint32Array {
  const counts = new Uint32Array(maxOf(groups) + 1);
  for (let index = 0; index < groups.length; index++) counts[groups[index] as number]!++;
  return counts;
}

function maxOf(numbers: Uint32Array): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

function pairsIn(counts: Uint32Array): number {
  return counts.reduce((sum, records) => sum + (records * (records - 1)) / 2, 0);
}
