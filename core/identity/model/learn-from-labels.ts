import { solvePositiveDefinite } from '../../statistics/positive-definite';
import type { PairComparer } from '../comparison/pair-comparer';
import type { LabelledPairs } from './labelled-pairs';
import { MatchModel } from './match-model';
import { pairClasses, pairClassShapes } from './pair-classes';
import type { ClassParameters } from './class-learner';
import type { LearnedClasses } from './latent-classes';

/** So many labels are taken to be wrong: one that a model is sure is wrong moves it no more than this allows. */
const WRONG = 0.03;
/** How far what was learned without labels may be off (a standard deviation, in natural log odds): all odds, and those of a level. */
const OFF_ODDS = 0.7;
const OFF_LEVEL = 0.5;
/** Log2 odds beyond this are as good as certain. */
const MOST_WEIGHT = 30;
const MOST_ROUNDS = 50;
const CONVERGED = 1e-9;

/**
 * Corrects a model by labels: of all odds, and of every field's levels, by how much what was learned without labels is off.
 *
 * It is a logistic regression of the labels whose offset is what the model says already, and whose coefficients are drawn to none
 * by a normal prior: what a handful of labels says hardly counts, what hundreds do does, however many pairs the model was learned
 * from. Labels may be chosen, and are, where the model is in doubt: what is learned is how likely two records are one
 * person *given* how they compare, and not how many of the pairs are (missing at random: Rubin 1976). Some may be wrong: every
 * label is taken for the opposite of the truth at a small rate, which bounds what a single one does.
 *
 * Labelled pairs as members of known class in the expectation maximisation (Nigam et al. 2000) were tried: the
 * classes' independent fields fit their vectors no better for a few more pairs, and half as much was gained.
 */
export function learnFromLabels(model: MatchModel, comparer: PairComparer, labels: LabelledPairs): MatchModel {
  if (labels.isMatch.length === 0) return model;
  const corrections = new Corrections(model, comparer, labels);
  let before = corrections.loss();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const after = corrections.improve(before);
    if (before - after < CONVERGED) break;
    before = after;
  }
  return corrections.corrected();
}

/** Coefficients while they are learned: the first is of all odds, the others of levels of fields that labels have met. */
class Corrections {
  /** By field and level, the coefficient. */
  private readonly placeOf = new Map<number, number>();
  /** By label, the coefficients that count for it. */
  private readonly met: readonly (readonly number[])[];
  /** By label, natural log odds by the model. */
  private readonly offsets: Float64Array;
  private readonly precision: Float64Array;
  private values: Float64Array;

  constructor(
    private readonly model: MatchModel,
    comparer: PairComparer,
    private readonly labels: LabelledPairs,
  ) {
    const levels = Array.from(comparer.compare(labels.a, labels.b), (packed) => comparer.packing.unpack(packed));
    this.offsets = Float64Array.from(levels, (own) => {
      return Math.LN2 * Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, model.weight(own)));
    });
    this.met = levels.map((own) => [0, ...this.placesOf(own)]);
    this.precision = new Float64Array(1 + this.placeOf.size).fill(OFF_LEVEL ** -2);
    this.precision[0] = OFF_ODDS ** -2;
    this.values = new Float64Array(this.precision.length);
  }

  /** What is to be least: minus the log-likelihood of labels and coefficients. */
  loss(values = this.values): number {
    const prior = values.reduce((sum, value, place) => sum + (this.precision[place]! * value * value) / 2, 0);
    return this.met.reduce((sum, _, label) => sum - Math.log(this.saidOf(label, values).said), prior);
  }

  /** A step of Newton's, halved until it leads down. Returns the loss. */
  improve(before: number): number {
    const { gradient, curvature } = this.slopes();
    const step = solvePositiveDefinite(curvature, gradient);
    for (let size = 1; size > 1e-4; size /= 2) {
      const values = this.values.map((value, place) => value - size * step[place]!);
      const after = this.loss(values);
      if (after > before) continue;
      this.values = values;
      return after;
    }
    return before;
  }

  /** What is right of all matches' odds is their number's share, and what is of a level that level's. */
  corrected(): MatchModel {
    const classes = pairClasses.map((name) => {
      const own = this.model.classes[name];
      return [name, pairClassShapes[name].isMatch ? this.correctedClass(own) : own] as const;
    });
    return new MatchModel(
      this.model.fields,
      this.model.chance,
      Object.fromEntries(classes) as LearnedClasses['classes'],
    );
  }

  private correctedClass({ pairs, levels, missing }: ClassParameters): ClassParameters {
    return {
      pairs: pairs * Math.exp(this.values[0]!),
      levels: levels.map((shares, field) =>
        shares.map((share, level) => {
          const place = this.placeOf.get(keyOf(field, level));
          return place === undefined ? share : share * Math.exp(this.values[place]!);
        }),
      ),
      missing,
    };
  }

  private placesOf(levels: Uint8Array): number[] {
    return [...levels.keys()]
      .filter((field) => levels[field] !== 0)
      .map((field) => {
        const key = keyOf(field, levels[field] as number);
        const place = this.placeOf.get(key) ?? this.placeOf.size + 1;
        this.placeOf.set(key, place);
        return place;
      });
  }

  /** How likely a pair is one person, that its label is right, and that it was said. */
  private saidOf(label: number, values: Float64Array) {
    const odds = this.met[label]!.reduce((sum, place) => sum + values[place]!, this.offsets[label]!);
    const matching = 1 / (1 + Math.exp(-odds));
    const right = this.labels.isMatch[label] === 1 ? matching : 1 - matching;
    return { matching, right, said: WRONG + (1 - 2 * WRONG) * right };
  }

  private slopes() {
    const size = this.values.length;
    const gradient = this.values.map((value, place) => value * this.precision[place]!);
    const curvature = Array.from({ length: size }, (_, place) => {
      const row = new Float64Array(size);
      row[place] = this.precision[place]!;
      return row;
    });
    this.met.forEach((places, label) => {
      const { matching, right, said } = this.saidOf(label, this.values);
      const trust = ((1 - 2 * WRONG) * right) / said;
      const slope = trust * (matching - this.labels.isMatch[label]!);
      const bend = trust * matching * (1 - matching);
      for (const place of places) {
        gradient[place]! += slope;
        for (const other of places) curvature[place]![other]! += bend;
      }
    });
    return { gradient, curvature };
  }
}

function keyOf(field: number, level: number): number {
  return field * 2 ** 8 + level;
}
