import type { LinkageField } from '../../../schemas/linkage';
import type { ChanceAgreement } from './chance-agreement';
import { ClassLearner, LearningVectors, type ClassParameters } from './class-learner';
import { withoutRarity, type ComparisonVectors } from '../comparison/comparison-vectors';
import { INEXACT } from '../records/field-kinds';
import { pairClasses, pairClassShapes, type PairClass } from './pair-classes';

export interface LearnedClasses {
  readonly classes: Readonly<Record<PairClass, ClassParameters>>;
  readonly rounds: number;
}

/** More rounds fit what is peculiar to the file, and cost time. */
const MOST_ROUNDS = 25;
/** Rounds with equal values told apart by their rarity: there are many more vectors then, and little more to learn. */
const ROUNDS_WITH_RARITY = 3;
const CONVERGED = 1e-7;

/**
 * Learns what the compared pairs are from how often each comparison vector occurs, without labels: the expected count of
 * a vector is the sum over some classes of pairs, and of what all pairs there are agree on by chance. That last part is
 * known beforehand, with its number of pairs: so the others' numbers, and with them the odds, need no guess at a prior,
 * and a threshold means the same for every file.
 *
 * Expectation maximisation (Dempster, Laird, Rubin 1977) of a mixture of Poisson counts under conditional independence
 * (Fellegi, Sunter 1969; Winkler 1988). Classes of pairs that are not matches are told from them by what only one person
 * has: their personal fields agree as by chance.
 */
export function learnClasses(
  vectors: ComparisonVectors,
  fields: readonly LinkageField[],
  chance: ChanceAgreement,
  records: number,
): LearnedClasses {
  const pairs = Math.min(
    records,
    vectors.counts.reduce((sum, count) => sum + count, 0),
  );
  const alike = new LearningVectors(withoutRarity(vectors));
  const chanceAlike = { ...chance, levels: chance.levels.map(exactAlike) };
  const start = startingClasses(fields, chanceAlike, alike, pairs);
  const first = maximiseLikelihood(alike, fields, chanceAlike, start, MOST_ROUNDS);
  const toldApart = mapClasses((name) => withRarity(first.classes[name], name, fields, chance));
  const told = new LearningVectors(vectors);
  const priors = mapClasses((name) => withRarity(start[name], name, fields, chance));
  const { classes } = maximiseLikelihood(told, fields, chance, toldApart, ROUNDS_WITH_RARITY, priors);
  return { classes, rounds: first.rounds };
}

type Classes = LearnedClasses['classes'];

/** Levels before any pair is seen are the prior, too, if no other is given. */
function maximiseLikelihood(
  vectors: LearningVectors,
  fields: readonly LinkageField[],
  chance: ChanceAgreement,
  start: Classes,
  mostRounds: number,
  priors = start,
): LearnedClasses {
  const learners = pairClasses
    .filter((name) => start[name].pairs > 0)
    .map((name) => new ClassLearner(name, fields, priors[name].levels, start[name]));
  const [match, moved] = [learners.find(({ name }) => name === 'match'), learners.find(({ name }) => name === 'moved')];
  const { size } = vectors.vectors;
  const byChance = new Float64Array(size);
  vectors.expect({ ...chance, missing: sharesOf(chance) }, byChance);
  const responsibilities = learners.map(() => new Float64Array(size));
  let before = -Infinity;
  let rounds = 0;
  for (; rounds < mostRounds; rounds++) {
    const likelihood = expectation(vectors, learners, byChance, responsibilities);
    if (Math.abs(likelihood - before) < CONVERGED * Math.abs(likelihood)) break;
    before = likelihood;
    learners.forEach((learner, index) => learner.count(vectors, responsibilities[index] as Float64Array));
    // People who moved are otherwise as all matches are.
    if (moved !== undefined) match?.poolWith(moved);
    learners.forEach((learner) => learner.maximise());
  }
  const learned = new Map(learners.map(({ name, parameters }) => [name, parameters]));
  return { classes: mapClasses((name) => learned.get(name) ?? start[name]), rounds };
}

/** By vector, the shares of the classes in its pairs. Returns the log-likelihood, up to a constant. */
function expectation(
  vectors: LearningVectors,
  learners: readonly ClassLearner[],
  byChance: Float64Array,
  responsibilities: readonly Float64Array[],
): number {
  const { size, counts } = vectors.vectors;
  learners.forEach(({ parameters }, index) => vectors.expect(parameters, responsibilities[index] as Float64Array));
  let likelihood = -learners.reduce((total, { parameters }) => total + parameters.pairs, 0);
  for (let vector = 0; vector < size; vector++) {
    let expected = byChance[vector] as number;
    for (const own of responsibilities) expected += own[vector] as number;
    for (const own of responsibilities) own[vector] = (own[vector] as number) / expected;
    likelihood += (counts[vector] as number) * Math.log(expected);
  }
  return likelihood;
}

function startingClasses(
  fields: readonly LinkageField[],
  chance: ChanceAgreement,
  { masks }: LearningVectors,
  pairs: number,
): Classes {
  const missing = new Map(Array.from(masks, (mask) => [mask, (chance.missing.get(mask) ?? 1) / chance.pairs]));
  return mapClasses((name) => {
    const { isMatch, firstShare, learns, needs } = pairClassShapes[name];
    // A class without a field to learn would be chance once more.
    const isOwn = fields.some((field) => learns(field) === 'all') && (needs === undefined || fields.some(needs));
    const levels = fields.map((field, index) =>
      learns(field) === 'all' ? priorLevels(isMatch, field, chance.levels[index]!) : chance.levels[index]!,
    );
    return { pairs: isOwn ? pairs * firstShare : 0, levels, missing };
  });
}

/** Levels of matches before any is seen, the best first: a weak prior, without which small files would be overfitted. */
const EXACT_OF_MATCHES = 0.85;
const INEXACT_OF_MATCHES = [0.06, 0.04, 0.03, 0.02];

function priorLevels(isMatch: boolean, field: LinkageField, chance: Float64Array): Float64Array {
  const exact = isMatch ? EXACT_OF_MATCHES : exactOfOthers(field);
  const inexact = isMatch ? INEXACT_OF_MATCHES.slice(0, chance.length - INEXACT) : [...chance.subarray(INEXACT)];
  const total = inexact.reduce((sum, share) => sum + share, 0);
  const levels = new Float64Array(chance.length);
  levels[0] = 1;
  levels[1] = exact;
  levels.set(
    inexact.map((share) => ((1 - exact) * share) / total),
    INEXACT,
  );
  return levels;
}

/** How often pairs that are no match have the same value of what they share, before any is seen. */
function exactOfOthers({ kind }: LinkageField): number {
  return kind === 'phone' || kind === 'code' ? 0.3 : 0.8;
}

/** Levels with the share of all equal values at 1. */
function exactAlike(levels: Float64Array): Float64Array {
  const alike = levels.slice();
  for (let level = 2; level < INEXACT; level++) {
    alike[1]! += alike[level]!;
    alike[level] = 0;
  }
  return alike;
}

/** The same with equal values told apart: a class has values of each rarity as often as records have, or as chance has. */
function withRarity(
  { levels, ...rest }: ClassParameters,
  name: PairClass,
  fields: readonly LinkageField[],
  chance: ChanceAgreement,
): ClassParameters {
  const told = levels.map((own, field) => {
    const isLearned = pairClassShapes[name].learns(fields[field]!) === 'all';
    const of = isLearned ? chance.shares[field]! : chance.levels[field]!.subarray(1, INEXACT);
    const total = of.reduce((sum, share) => sum + Math.max(share, LEAST_SHARE), 0);
    const levelsTold = own.slice();
    levelsTold.set(
      of.map((share) => (own[1]! * Math.max(share, LEAST_SHARE)) / total),
      1,
    );
    return levelsTold;
  });
  return { ...rest, levels: told };
}

/** No rarity is impossible. */
const LEAST_SHARE = 1e-12;

/** Of all pairs, by which fields are missing. */
function sharesOf({ missing, pairs }: ChanceAgreement): ReadonlyMap<number, number> {
  return new Map([...missing].map(([mask, own]) => [mask, own / pairs]));
}

function mapClasses(own: (name: PairClass) => ClassParameters): Classes {
  return Object.fromEntries(pairClasses.map((name) => [name, own(name)])) as Classes;
}
