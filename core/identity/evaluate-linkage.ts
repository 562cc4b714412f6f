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

/** How many records each cluster and each person share: all that the measures need. */
interface Overlaps {
  readonly clusters: ReadonlyMap<number, number>;
  readonly people: ReadonlyMap<number, number>;
  readonly both: ReadonlyMap<string, { readonly cluster: number; readonly person: number; readonly records: number }>;
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
  const shared = [...overlaps.both.values()];
  const right = shared.reduce((sum, { records }) => sum + pairsOf(records), 0);
  const found = [...overlaps.clusters.values()].reduce((sum, records) => sum + pairsOf(records), 0);
  const wanted = [...overlaps.people.values()].reduce((sum, records) => sum + pairsOf(records), 0);
  return { ...accuracyOf(right, found, wanted), b3: bCubed(overlaps, clusters.length) };
}

/** Pairs of records that are one person. */
export function truePairs(people: Uint32Array): number {
  return [...countOf(people).values()].reduce((sum, records) => sum + pairsOf(records), 0);
}

function bCubed({ clusters, people, both }: Overlaps, records: number): Accuracy {
  let precision = 0;
  let recall = 0;
  for (const { cluster, person, records: own } of both.values()) {
    precision += (own * own) / clusters.get(cluster)!;
    recall += (own * own) / people.get(person)!;
  }
  precision /= Math.max(1, records);
  recall /= Math.max(1, records);
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function overlapsOf(clusters: Uint32Array, people: Uint32Array): Overlaps {
  const both = new Map<string, { cluster: number; person: number; records: number }>();
  for (let record = 0; record < clusters.length; record++) {
    const [cluster, person] = [clusters[record] as number, people[record] as number];
    const key = `${cluster} ${person}`;
    const known = both.get(key);
    if (known === undefined) both.set(key, { cluster, person, records: 1 });
    else known.records++;
  }
  return { clusters: countOf(clusters), people: countOf(people), both };
}

function countOf(groups: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

function pairsOf(records: number): number {
  return (records * (records - 1)) / 2;
}
