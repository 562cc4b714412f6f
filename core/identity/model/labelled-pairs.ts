import { HubError } from '../../errors';
import { didYouMean } from '../../text/closest-name';
import { DisjointSets } from '../clustering/clusters';

/** Pairs of records of which somebody said whether they are one person, as parallel arrays. */
export interface LabelledPairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** 1 for one person, 0 for two. */
  readonly isMatch: Uint8Array;
}

/** What somebody said of two records, by their names. */
export interface Label {
  readonly a: string;
  readonly b: string;
  readonly isMatch: boolean;
  /** Where it stands: rows are counted from 1, the one with the names of the columns left out. */
  readonly row: number;
}

/** Where labels come from and what they speak of, for messages. */
export interface LabelSource {
  /** The file of the labels. */
  readonly labels: string;
  /** By side of a label, the numbers of the records that it may name. */
  readonly records: readonly [a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>];
}

/**
 * Labels by the numbers of their records; what is said more than once counts once.
 *
 * @throws HubError LABEL_RECORD_UNKNOWN; LABEL_INVALID for a record with itself; LABELS_CONTRADICT where one row says of two
 *   records what another denies
 */
export function placeLabels(labels: readonly Label[], source: LabelSource): LabelledPairs {
  const said = new Map<string, { readonly a: number; readonly b: number; readonly label: Label }>();
  for (const label of labels) {
    const [a, b] = [placeOf(label.a, 0, label, source), placeOf(label.b, 1, label, source)].sort((x, y) => x - y);
    if (a === b) {
      const message = `names record "${label.a}" twice; a label is of two records`;
      throw refused('LABEL_INVALID', label, source, message);
    }
    const earlier = said.get(`${a} ${b}`);
    if (earlier !== undefined && earlier.label.isMatch !== label.isMatch) {
      const message = `and row ${earlier.label.row} say the opposite of records "${label.a}" and "${label.b}"; keep the one that is right`;
      throw refused('LABELS_CONTRADICT', label, source, message);
    }
    if (earlier === undefined) said.set(`${a} ${b}`, { a: a!, b: b!, label });
  }
  const placed = [...said.values()];
  return {
    a: Uint32Array.from(placed, ({ a }) => a),
    b: Uint32Array.from(placed, ({ b }) => b),
    isMatch: Uint8Array.from(placed, ({ label }) => (label.isMatch ? 1 : 0)),
  };
}

/**
 * Pairs that are said to be two people, though other labels make them one: somebody erred. They are learned from all the
 * same, for a model bears some labels that are wrong.
 *
 * @param records how many there are
 * @returns places among the pairs
 */
export function contradictingLabels({ a, b, isMatch }: LabelledPairs, records: number): number[] {
  const sets = new DisjointSets(records);
  isMatch.forEach((own, pair) => {
    if (own === 1) sets.union(a[pair] as number, b[pair] as number);
  });
  return [...isMatch.keys()].filter(
    (pair) => isMatch[pair] === 0 && sets.find(a[pair] as number) === sets.find(b[pair] as number),
  );
}

/** What people asserted of records, as labels: pairs that are one person, and pairs that are two. */
export function assertedLabels(
  same: readonly (readonly [a: number, b: number])[],
  different: readonly (readonly [a: number, b: number])[],
): LabelledPairs {
  const pairs = [...same, ...different];
  return {
    a: Uint32Array.from(pairs, ([a]) => a),
    b: Uint32Array.from(pairs, ([, b]) => b),
    isMatch: Uint8Array.from(pairs, (_, pair) => (pair < same.length ? 1 : 0)),
  };
}

function placeOf(name: string, side: 0 | 1, label: Label, source: LabelSource): number {
  const records = source.records[side];
  const place = records.get(name);
  if (place !== undefined) return place;
  const message = `there is no record "${name}"${didYouMean(name, records.keys())}; leave the row out, or give the file that has it`;
  throw refused('LABEL_RECORD_UNKNOWN', label, source, message);
}

function refused(code: string, { row }: Label, { labels }: LabelSource, message: string): HubError {
  return new HubError(code, `--labels: ${labels}, row ${row}: ${message}`, { field: '--labels' });
}
