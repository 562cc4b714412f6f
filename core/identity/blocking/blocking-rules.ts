import { sharedUint32 } from '../../parallel/shared-arrays';
import { forEach, partsOf, type Task, type Work } from '../../parallel/work';
import { randomNumbers } from '../../statistics/random-numbers';
import { groupEqual, pairsWithin } from '../records/equal-groups';
import { joinKeys, mix } from '../records/hashing';
import type { BlockingKey, RecordTable } from '../records/record-table';

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
export function* chooseBlockingRules(table: RecordTable, mostPairs: number, seed: number): Work<BlockingRule[]> {
  const keys = table.keys.filter(({ field }) => table.layout[field]?.kind !== 'category');
  const simulated = simulateMatches(table, keys, seed);
  const counted = yield* candidateRules(table, keys);
  const candidates = counted
    .filter(({ pairs }) => pairs > 0 && pairs <= mostPairs / 2)
    .map((rule) => ({ rule, covers: covered(rule, keys, simulated) }));
  const timesCovered = new Uint8Array(SIMULATED);
  const chosen = new Set<Candidate>();
  let left = mostPairs;
  while (chosen.size < MOST_RULES) {
    const best = bestOf(candidates, timesCovered, { left, chosen, smallest: table.records * SMALL_SHARE });
    if (best === undefined) break;
    for (const earlier of chosen) if (implies(earlier.rule, best.rule)) remove(earlier);
    chosen.add(best);
    left -= best.rule.pairs;
    for (const match of best.covers) timesCovered[match]!++;
  }
  return [...chosen].map(({ rule }) => ({ ...rule, ...named(rule.keys, table.records) }));

  /** A wider rule finds all that one found. */
  function remove(rule: Candidate): void {
    chosen.delete(rule);
    left += rule.rule.pairs;
    for (const match of rule.covers) timesCovered[match]!--;
  }
}

/** A rule's name and values, by its keys. */
export function named(keys: readonly BlockingKey[], records: number): Pick<BlockingRule, 'name' | 'values'> {
  return { name: keys.map(({ name }) => name).join(' + '), values: valuesOf(keys, records) };
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
  { left, chosen, smallest }: { left: number; chosen: ReadonlySet<Candidate>; smallest: number },
): Candidate | undefined {
  let best: Candidate | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const { rule, covers } = candidate;
    if (rule.pairs > left || isImplied(rule, chosen)) continue;
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

function isImplied(rule: CountedRule, chosen: ReadonlySet<Candidate>): boolean {
  for (const other of chosen) if (implies(rule, other.rule)) return true;
  return false;
}

/** Pairs that agree on two keys agree on each of them, and those with equal values on what is made from these. */
function implies({ keys }: CountedRule, other: CountedRule): boolean {
  return other.keys.every((wide) => keys.some((key) => key === wide || (key.field === wide.field && !key.isCoarse)));
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

/** Rules that are counted in one go. */
const RULES_AT_ONCE = 8;

/** Every key, and every two keys of different fields. */
function* candidateRules({ records }: RecordTable, keys: readonly BlockingKey[]): Work<CountedRule[]> {
  const rules = keys.map((_, key) => [key]);
  keys.forEach((first, one) => {
    keys.forEach((second, other) => other > one && first.field !== second.field && rules.push([one, other]));
  });
  const sample = sampleOf(records);
  const sampled = keys.map(({ values }) => sample.map((record) => values[record] as number));
  const all = (records * (records - 1)) / (sample.length * (sample.length - 1));
  const parts = partsOf(rules.length, RULES_AT_ONCE).map(({ from, to }) => rules.slice(from, to));
  const pairs = yield* forEach(
    countRules,
    parts.map((part) => ({ rules: part, sampled })),
  );
  return pairs.flat().map((own, rule) => ({
    keys: rules[rule]!.map((key) => keys[key]!),
    pairs: Math.round(all * own),
  }));
}

/** How many pairs agree on each of some rules, which are keys by number. */
export const countRules: Task<
  { rules: readonly (readonly number[])[]; sampled: readonly Uint32Array[] },
  readonly number[]
> = {
  name: 'count the pairs of blocking rules',
  run: ({ rules, sampled }) => rules.map((keys) => pairsWithin(groupEqual(joined(keys.map((key) => sampled[key]!))))),
};

/** The keys of a rule as one, by record. */
export function valuesOf(keys: readonly BlockingKey[], records: number): Uint32Array {
  return joined(keys.map(({ values }) => values.subarray(0, records)));
}

/** One key or two as one, by record. */
function joined([first, second]: readonly Uint32Array[]): Uint32Array {
  if (second === undefined) return first!;
  const values = sharedUint32(first!.length);
  for (let record = 0; record < values.length; record++) {
    values[record] = joinKeys(first![record] as number, second[record] as number);
  }
  return values;
}

/** Records that pairs are counted among: all of few, and of many those whose number hashes low. */
const SAMPLED = 60_000;

function sampleOf(records: number): Uint32Array {
  const all = Uint32Array.from({ length: records }, (_, record) => record);
  return records <= SAMPLED ? all : all.filter((record) => mix(record) < (SAMPLED / records) * 2 ** 32);
}
