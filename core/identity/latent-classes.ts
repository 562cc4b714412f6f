import type { FieldRole, LinkageField } from '../../schemas/linkage';
import { levelCount } from './field-kinds';
import { missingOf, type ChanceAgreement } from './chance-agreement';
import type { ComparisonVectors } from './comparison-vectors';

/** Why two records have something in common. */
export const pairClasses = ['match', 'household', 'neighbours'] as const;
export type PairClass = (typeof pairClasses)[number];

/** What is known of the pairs of one class. */
export interface ClassParameters {
  /** How many of the compared pairs are of the class. */
  readonly pairs: number;
  /** By field and level: how often it happens where both values are there; of level 0, 1. */
  readonly levels: readonly Float64Array[];
  /** By which fields are missing in a pair: how often that happens. */
  readonly missing: ReadonlyMap<number, number>;
}

export interface LearnedClasses {
  readonly classes: Readonly<Record<PairClass, ClassParameters>>;
  readonly rounds: number;
}

/** Which fields' agreement each class is learned from: of the others it has no more than chance would. */
const learnedRoles: Readonly<Record<PairClass, readonly FieldRole[]>> = {
  match: ['personal', 'household', 'place'],
  household: ['household', 'place'],
  neighbours: ['place'],
};

/** Levels of matches before any is seen, the best first: a weak prior, without which small files would be overfitted. */
const MATCH_LEVELS = [0.85, 0.06, 0.04, 0.03, 0.02];
/** How often the others have the same value of what they share, before any is seen. */
const SHARED = 0.8;
const PRIOR_PAIRS = 20;
const PRIOR_SHARE = 0.02;
const MOST_ROUNDS = 60;
const CONVERGED = 1e-7;
/** Of the records, matches and others at the beginning. */
const FIRST_SHARES: Readonly<Record<PairClass, number>> = { match: 0.4, household: 0.2, neighbours: 0.2 };

/**
 * Learns what the compared pairs are from how often each comparison vector occurs, without labels: the expected count of
 * a vector is the sum over three classes of pairs, and of what all pairs there are agree on by chance. That last part is
 * known beforehand, with its number of pairs: so the others' numbers, and with them the odds, need no guess at a prior,
 * and a threshold means the same for every file.
 *
 * Expectation maximisation (Dempster, Laird, Rubin 1977) of a mixture of Poisson counts under conditional independence
 * (Fellegi, Sunter 1969; Winkler 1988). Households and neighbours are classes of their own, told from matches by what only
 * one person has: their personal fields agree as by chance.
 */
export function learnClasses(
  vectors: ComparisonVectors,
  fields: readonly LinkageField[],
  chance: ChanceAgreement,
  records: number,
): LearnedClasses {
  const missing = missingPatternsOf(vectors);
  const byChance = expectedByChance(vectors, missing, chance);
  const learners = pairClasses.map((name) => new ClassLearner(name, fields, chance, missing, vectors));
  const start = Math.min(records, sum(vectors.counts));
  learners.forEach((learner) => learner.begin(start * FIRST_SHARES[learner.name]));
  const responsibilities = learners.map(() => new Float64Array(vectors.size));
  let before = -Infinity;
  let rounds = 0;
  while (rounds < MOST_ROUNDS) {
    const likelihood = expectation(vectors, learners, byChance, responsibilities);
    if (Math.abs(likelihood - before) < CONVERGED * Math.abs(likelihood)) break;
    before = likelihood;
    learners.forEach((learner, index) => learner.learn(responsibilities[index] as Float64Array));
    rounds++;
  }
  const parameters = learners.map((learner) => [learner.name, learner.parameters()] as const);
  return { classes: Object.fromEntries(parameters) as LearnedClasses['classes'], rounds };
}

/** By vector, the shares of the classes in its pairs. Returns the log-likelihood, up to a constant. */
function expectation(
  { size, counts }: ComparisonVectors,
  learners: readonly ClassLearner[],
  byChance: Float64Array,
  responsibilities: readonly Float64Array[],
): number {
  learners.forEach((learner, index) => learner.expect(responsibilities[index] as Float64Array));
  let likelihood = -learners.reduce((total, { pairs }) => total + pairs, 0);
  for (let vector = 0; vector < size; vector++) {
    let expected = byChance[vector] as number;
    for (const own of responsibilities) expected += own[vector] as number;
    for (const own of responsibilities) own[vector] = (own[vector] as number) / expected;
    likelihood += (counts[vector] as number) * Math.log(expected);
  }
  return likelihood;
}

/** One class while it is learned. */
class ClassLearner {
  pairs = 0;
  private readonly isLearned: readonly boolean[];
  private readonly prior: readonly Float64Array[];
  private readonly levels: Float64Array[];
  /** By missing pattern (a number): how often it happens. */
  private missing: Float64Array;

  constructor(
    readonly name: PairClass,
    fields: readonly LinkageField[],
    chance: ChanceAgreement,
    private readonly patterns: MissingPatterns,
    private readonly vectors: ComparisonVectors,
  ) {
    const roles = learnedRoles[name];
    this.isLearned = fields.map(({ role }) => roles.includes(role));
    this.prior = fields.map((field, index) =>
      this.isLearned[index] ? priorLevels(name, field, chance.levels[index]!) : chance.levels[index]!,
    );
    this.levels = this.prior.map((own) => own.slice());
    this.missing = patterns.masks.map((mask) => (chance.missing.get(mask) ?? 1) / chance.pairs);
  }

  begin(pairs: number): void {
    // A class without a field to learn would be chance once more.
    this.pairs = this.isLearned.some(Boolean) ? pairs : 0;
  }

  /** Writes how many pairs of each vector are expected. */
  expect(into: Float64Array): void {
    const { size, fields, levels } = this.vectors;
    for (let vector = 0; vector < size; vector++) {
      let expected = this.pairs * (this.missing[this.patterns.of[vector] as number] as number);
      for (let field = 0, at = vector * fields; field < fields; field++, at++) {
        expected *= this.levels[field]![levels[at] as number] as number;
      }
      into[vector] = expected;
    }
  }

  /** @param shares by vector: the share of this class in its pairs */
  learn(shares: Float64Array): void {
    if (this.pairs === 0) return;
    const { size, fields, levels, counts } = this.vectors;
    const met = this.levels.map(({ length }) => new Float64Array(length));
    const missing = new Float64Array(this.missing.length).fill(1e-3);
    this.pairs = 0;
    for (let vector = 0; vector < size; vector++) {
      const pairs = (shares[vector] as number) * (counts[vector] as number);
      this.pairs += pairs;
      missing[this.patterns.of[vector] as number]! += pairs;
      for (let field = 0, at = vector * fields; field < fields; field++, at++)
        met[field]![levels[at] as number]! += pairs;
    }
    this.missing = missing.map((pairs) => pairs / (this.pairs + 1e-3 * missing.length));
    met.forEach((own, field) => {
      if (this.isLearned[field]) this.levels[field] = this.withPrior(own, this.prior[field]!);
    });
  }

  parameters(): ClassParameters {
    const { masks } = this.patterns;
    return {
      pairs: this.pairs,
      levels: this.levels,
      missing: new Map(masks.length === 0 ? [] : Array.from(masks, (mask, index) => [mask, this.missing[index]!])),
    };
  }

  private withPrior(met: Float64Array, prior: Float64Array): Float64Array {
    const weight = Math.max(PRIOR_PAIRS, PRIOR_SHARE * this.pairs);
    const levels = met.map((pairs, level) => (level === 0 ? 0 : pairs + weight * prior[level]!));
    const total = sum(levels);
    return levels.map((pairs, level) => (level === 0 ? 1 : pairs / total));
  }
}

function priorLevels(name: PairClass, { kind }: LinkageField, chance: Float64Array): Float64Array {
  const levels = new Float64Array(levelCount(kind));
  const others = sum(chance.subarray(2));
  for (let level = 1; level < levels.length; level++) {
    if (name === 'match')
      levels[level] = levels.length === 3 && level === 2 ? 1 - MATCH_LEVELS[0]! : MATCH_LEVELS[level - 1]!;
    else levels[level] = level === 1 ? SHARED : ((1 - SHARED) * chance[level]!) / others;
  }
  const total = sum(levels);
  return levels.map((share, level) => (level === 0 ? 1 : share / total));
}

/** Which fields are missing in each vector, patterns by number. */
interface MissingPatterns {
  readonly masks: Float64Array;
  readonly of: Uint32Array;
}

function missingPatternsOf({ size, fields, levels }: ComparisonVectors): MissingPatterns {
  const numbers = new Map<number, number>();
  const of = new Uint32Array(size);
  for (let vector = 0; vector < size; vector++) {
    const mask = missingOf(levels, vector * fields, fields);
    const number = numbers.get(mask) ?? numbers.size;
    numbers.set(mask, number);
    of[vector] = number;
  }
  return { masks: Float64Array.from(numbers.keys()), of };
}

/** By vector: how many pairs would have it by chance. */
function expectedByChance(
  { size, fields, levels }: ComparisonVectors,
  { masks, of }: MissingPatterns,
  { levels: chance, missing }: ChanceAgreement,
): Float64Array {
  const expected = new Float64Array(size);
  for (let vector = 0; vector < size; vector++) {
    let pairs = missing.get(masks[of[vector] as number] as number) ?? 0;
    for (let field = 0, at = vector * fields; field < fields; field++, at++) {
      pairs *= chance[field]![levels[at] as number] as number;
    }
    expected[vector] = pairs;
  }
  return expected;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] as number;
  return total;
}
