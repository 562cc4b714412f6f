import { allPairs } from '../../../core/identity/blocking/candidate-pairs';
import { compareVectors } from '../../../core/identity/comparison/comparison-vectors';
import { vectorWeights } from '../../../core/identity/clustering/link-records';
import { learn } from '../../../core/identity/link';
import type { LabelledPairs } from '../../../core/identity/model/labelled-pairs';
import { learnFromLabels } from '../../../core/identity/model/learn-from-labels';
import { probabilityOf } from '../../../core/identity/model/match-model';
import { explainPair } from '../../../core/identity/model/explain-pair';
import { alone } from '../../../core/parallel/work';
import { randomNumbers } from '../../../core/statistics/random-numbers';
import { linkageSettings } from '../../../schemas/linkage';
import { dirtyPeople, peopleFields } from './dirty-people';
import { recordsOf } from './record-rows';

const compared = recordsOf(peopleFields, dirtyPeople(60, 11));
const { comparer, table } = compared;
const { model } = alone(learn(compared, linkageSettings.parse({ fields: peopleFields }), () => undefined));
const pairs = allPairs(table);
const vectors = alone(compareVectors(compared, pairs));
const before = vectorWeights(vectors, model);
const weightOf = (weights: Float64Array, pair: number) => weights[vectors.of[pair] as number] as number;
const doubtful = [...Array(pairs.size).keys()].filter((pair) => Math.abs(weightOf(before, pair)) < 6);

/** Labels of some pairs. */
function labels(chosen: readonly number[], isMatch: (pair: number) => boolean): LabelledPairs {
  return {
    a: Uint32Array.from(chosen, (pair) => pairs.a[pair]!),
    b: Uint32Array.from(chosen, (pair) => pairs.b[pair]!),
    isMatch: Uint8Array.from(chosen, (pair) => (isMatch(pair) ? 1 : 0)),
  };
}

const weightsBy = (given: LabelledPairs) => vectorWeights(vectors, learnFromLabels(model, comparer, given));
const moved = (weights: Float64Array) =>
  doubtful.reduce((sum, pair) => sum + weightOf(weights, pair) - weightOf(before, pair), 0) / doubtful.length;

it('is the same model where there are no labels', () => {
  expect(weightsBy(labels([], () => true))).toEqual(before);
});

it('is moved by labels to what they say, the more the more there are', () => {
  const moves = [2, 20, doubtful.length].map((count) => moved(weightsBy(labels(doubtful.slice(0, count), () => true))));
  expect(moves[0]).toBeGreaterThan(0);
  expect(moves[1]).toBeGreaterThan(moves[0]!);
  expect(moves[2]).toBeGreaterThan(moves[1]!);
  expect(moved(weightsBy(labels(doubtful, () => false)))).toBeLessThan(-moves[0]!);
});

it('is hardly moved by a single label, and by a handful no further than a model may be off', () => {
  for (const answer of [true, false]) {
    const moveOf = (count: number) => Math.abs(moved(weightsBy(labels(doubtful.slice(0, count), () => answer))));
    expect(moveOf(1)).toBeLessThan(1.5);
    expect(moveOf(5)).toBeLessThan(3);
  }
});

it('bears a label that is wrong for certain', () => {
  const surest = [...Array(pairs.size).keys()].sort((a, b) => weightOf(before, a) - weightOf(before, b));
  const wrong = [surest[0]!, surest.at(-1)!];
  const given = labels(wrong, (pair) => pair === wrong[0]);
  expect(Math.abs(moved(weightsBy(given)))).toBeLessThan(0.05);
});

it('does not think matches rarer or more frequent by how many labels say so, where these are what it expected', () => {
  const random = randomNumbers(3);
  const asExpected = (pair: number) => random() < probabilityOf(weightOf(before, pair));
  for (const [least, most] of [
    [-6, 0],
    [0, 6],
  ] as const) {
    const chosen = doubtful.filter((pair) => weightOf(before, pair) > least && weightOf(before, pair) < most);
    expect(chosen.length).toBeGreaterThan(20);
    const moves = Array.from({ length: 10 }, () => moved(weightsBy(labels(chosen, asExpected))));
    expect(Math.abs(moves.reduce((sum, own) => sum + own, 0) / moves.length)).toBeLessThan(0.6);
  }
});

it('is explained as any model: the parts sum to the weight', () => {
  const corrected = learnFromLabels(
    model,
    comparer,
    labels(doubtful.slice(0, 40), () => true),
  );
  const levels = comparer.packing.unpack(comparer.compare(pairs.a.subarray(0, 1), pairs.b.subarray(0, 1))[0]!);
  const { prior, comparisons, weight } = explainPair(corrected, levels);
  expect(comparisons.reduce((sum, own) => sum + own.weight, prior)).toBeCloseTo(weight, 9);
  expect(comparisons.every(({ amongMatches }) => amongMatches <= 1)).toBe(true);
});
