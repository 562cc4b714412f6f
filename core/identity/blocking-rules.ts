import { randomNumbers } from './random-numbers';
import type { BlockingKey, RecordTable } from './record-table';

/** Records that agree on one or two keys are compared. */
export interface BlockingRule extends CountedRule {
  readonly name: string;
  /** The keys as one, by record; 0 where one is missing. */
  readonly values: Uint32Array;
}

interface CountedRule {
  readonly keys: readonly BlockingKey[];
  /** Pairs that agree, nearly; those counted that other rules have, too. */
  readonly pairs: number;
}

/** Rules there may be at most: each is looked up for every pair that a later one finds. */
const MOST_RULES = 40;

/**
 * Rules that find as many matches as a budget of pairs allows, without knowing any: greedily by the share of matches they
 * would add per pair. Which matches agree on what is simulated from the values that are missing in the records, and from
 * how often values that are there agree in practice.
 *
 * @param mostPairs of all rules together, counted as in `BlockingRule`
 */
export function chooseBlockingRules(table: RecordTable, mostPairs: number, seed: number): BlockingRule[] {
  const keys = table.keys.filter(({ field }) => table.layout[field]?.kind !== 'category');
  const simulated = simulateMatches(table, keys, seed);
  const candidates = candidateRules(table, keys)
    .filter(({ pairs }) => pairs > 0 && pairs <= mostPairs / 2)
    .map((rule) => ({ rule, covers: covered(rule, keys, simulated) }));
  const timesCovered = new Uint8Array(SIMULATED);
  const chosen = new Set<CountedRule>();
  for (let left = mostPairs; chosen.size < MOST_RULES;) {
    const best = bestOf(candidates, timesCovered, { left, chosen, smallest: table.records * SMALL_SHARE });
    if (best === undefined) break;
    chosen.add(best.rule);
    left -= best.rule.pairs;
    for (const match of best.covers) timesCovered[match]!++;
  }
  return withoutImplied([...chosen]).map((rule) => ({
    ...rule,
    name: rule.keys.map(({ name }) => name).join(' + '),
    values: valuesOf(rule.keys, table.records),
  }));
}

interface Candidate {
  readonly rule: CountedRule;
  /** The simulated matches that agree on it. */
  readonly covers: Uint32Array;
}

/** What finding a match is worth that no other rule finds, that one does, that two do: the simulation is no certainty. */
const WORTH = [1, 0.1, 0.01];
/** Rules with fewer pairs than this share of the records all cost as good as nothing. */
const SMALL_SHARE = 0.02;

function bestOf(
  candidates: readonly Candidate[],
  timesCovered: Uint8Array,
  { left, chosen, smallest }: { left: number; chosen: ReadonlySet<CountedRule>; smallest: number },
): Candidate | undefined {
  let best: Candidate | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const { rule, covers } = candidate;
    if (rule.pairs > left || chosen.has(rule)) continue;
    let added = 0;
    for (const match of covers) added += WORTH[timesCovered[match] as number] ?? 0;
    const worth = added / (rule.pairs + smallest);
    if (worth > most) {
      most = worth;
      best = candidate;
    }
  }
  return best;
}

/** A pair that agrees on two keys agrees on each of them. */
function withoutImplied(rules: readonly CountedRule[]): CountedRule[] {
  return rules.filter(
    (rule) => !rules.some((other) => other !== rule && other.keys.every((key) => rule.keys.includes(key))),
  );
}

const SIMULATED = 4_000;
/** How often values of matches are equal, and how often unequal ones still agree on a coarser key: cautious, so that dirty files are looked at widely. */
const EQUAL = 0.45;
const COARSELY = 0.35;

/** By key, for each simulated match: whether it agrees. */
function simulateMatches({ records, layout, codes, stride }: RecordTable, keys: readonly BlockingKey[], seed: number) {
  const random = randomNumbers(seed);
  const agrees = keys.map(() => new Uint8Array(SIMULATED));
  const words = stride >>> 2;
  for (let match = 0; match < SIMULATED; match++) {
    // Missing values are those of two records at random.
    const a = Math.floor(random() * records) * words;
    const b = Math.floor(random() * records) * words;
    const drawn = layout.map((_, field) => {
      const isThere = codes[a + field] !== 0 && codes[b + field] !== 0;
      const [equal, coarse] = [random(), random()];
      return { equal: isThere && equal < EQUAL, coarse: isThere && coarse < COARSELY };
    });
    keys.forEach(({ field, isCoarse }, key) => {
      const { equal, coarse } = drawn[field]!;
      agrees[key]![match] = equal || (isCoarse && coarse) ? 1 : 0;
    });
  }
  return agrees;
}

function covered({ keys }: CountedRule, all: readonly BlockingKey[], agrees: readonly Uint8Array[]): Uint32Array {
  const own = keys.map((key) => agrees[all.indexOf(key)] as Uint8Array);
  const matches: number[] = [];
  for (let match = 0; match < SIMULATED; match++) if (own.every((flags) => flags[match] === 1)) matches.push(match);
  return Uint32Array.from(matches);
}

/** Every key, and every two keys of different fields. */
function candidateRules({ records }: RecordTable, keys: readonly BlockingKey[]): CountedRule[] {
  const rules = keys.map((key) => [key]);
  keys.forEach((first, index) => {
    for (const second of keys.slice(index + 1)) if (first.field !== second.field) rules.push([first, second]);
  });
  return rules.map((own) => ({ keys: own, pairs: countPairs(own, records) }));
}

function valuesOf([first, second]: readonly BlockingKey[], records: number): Uint32Array {
  if (second === undefined) return first!.values;
  return Uint32Array.from({ length: records }, (_, record) => joined(first!.values[record]!, second.values[record]!));
}

/** Two values as one; 0 where one is missing. */
function joined(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : mix(mix(a) ^ b) || 1;
}

/** The finalizer of MurmurHash3 (Appleby), 32 bits. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Values that are counted: all of few, and of many those of a share of all hashes, with all their records. */
const COUNTED = 50_000;

/** Pairs that agree on one or two keys; of many records nearly. */
function countPairs([first, second]: readonly BlockingKey[], records: number): number {
  const share = Math.min(1, COUNTED / records);
  const below = share * 2 ** 32;
  const counts = new Map<number, number>();
  let pairs = 0;
  for (let record = 0; record < records; record++) {
    const own = first!.values[record] as number;
    const value = second === undefined ? own : joined(own, second.values[record] as number);
    if (value === 0 || mix(value) >= below) continue;
    const count = counts.get(value) ?? 0;
    pairs += count;
    counts.set(value, count + 1);
  }
  return Math.round(pairs / share);
}
