import type { LinkageField } from '../../../schemas/linkage';
import { missingOf } from './chance-agreement';
import type { ComparisonVectors } from '../comparison/comparison-vectors';
import { INEXACT, MOST_LEVELS } from '../records/field-kinds';
import { pairClassShapes, type Learned, type PairClass } from './pair-classes';

/** What is known of the pairs of one class. */
export interface ClassParameters {
  /** How many of the compared pairs are of the class. */
  readonly pairs: number;
  /**
   * By field and level: how often it happens where both values are there; of level 0, 1. What labels correct sums no more to 1:
   * what counts are proportions to the other classes.
   */
  readonly levels: readonly Float64Array[];
  /** By which fields are missing in a pair: how often that happens. */
  readonly missing: ReadonlyMap<number, number>;
}

/** How often each vector occurs, and which fields are missing in it. */
export class LearningVectors {
  /** Which fields are missing: patterns, and by vector the pattern's number. */
  readonly masks: Float64Array;
  readonly pattern: Uint32Array;

  constructor(readonly vectors: Omit<ComparisonVectors, 'of'>) {
    const { size, fields, levels } = vectors;
    const numbers = new Map<number, number>();
    this.pattern = new Uint32Array(size);
    for (let vector = 0; vector < size; vector++) {
      const mask = missingOf(levels, vector * fields, fields);
      const number = numbers.get(mask) ?? numbers.size;
      numbers.set(mask, number);
      this.pattern[vector] = number;
    }
    this.masks = Float64Array.from(numbers.keys());
  }

  /** Writes how many pairs of each vector a class has. */
  expect({ pairs, levels: shares, missing }: ClassParameters, into: Float64Array): void {
    const { size, fields, levels } = this.vectors;
    const ofPattern = this.masks.map((mask) => pairs * (missing.get(mask) ?? 0));
    const flat = new Float64Array(fields * MOST_LEVELS);
    shares.forEach((own, field) => flat.set(own, field * MOST_LEVELS));
    for (let vector = 0, at = 0; vector < size; vector++) {
      let expected = ofPattern[this.pattern[vector] as number] as number;
      for (let field = 0; field < flat.length; field += MOST_LEVELS, at++) {
        expected *= flat[field + (levels[at] as number)] as number;
      }
      into[vector] = expected;
    }
  }
}

/** A weak prior, in pairs, or as a share of the pairs of a class if that is more. */
const PRIOR_PAIRS = 20;
const PRIOR_SHARE = 0.02;
/** Pairs of every pattern of missing fields that are taken for met. */
const FEW = 1e-3;

/** One class while it is learned. */
export class ClassLearner {
  private readonly learned: readonly Learned[];
  /** By field and level: pairs of the last count. */
  private readonly met: readonly Float64Array[];

  /**
   * @param prior by field and level, what is expected before any pair is seen
   * @param parameters what it begins with
   */
  constructor(
    readonly name: PairClass,
    fields: readonly LinkageField[],
    private readonly prior: readonly Float64Array[],
    public parameters: ClassParameters,
  ) {
    this.learned = fields.map((field) => pairClassShapes[name].learns(field));
    this.met = prior.map(({ length }) => new Float64Array(length));
  }

  /** @param shares by vector: the share of this class in its pairs */
  count({ vectors, masks, pattern }: LearningVectors, shares: Float64Array): void {
    const { size, fields, levels, counts } = vectors;
    const met = new Float64Array(fields * MOST_LEVELS);
    const missing = new Float64Array(masks.length).fill(FEW);
    let all = 0;
    for (let vector = 0, at = 0; vector < size; vector++) {
      const pairs = (shares[vector] as number) * (counts[vector] as number);
      all += pairs;
      missing[pattern[vector] as number]! += pairs;
      for (let field = 0; field < met.length; field += MOST_LEVELS, at++) met[field + (levels[at] as number)]! += pairs;
    }
    this.met.forEach((own, field) => own.set(met.subarray(field * MOST_LEVELS, field * MOST_LEVELS + own.length)));
    const total = all + FEW * masks.length;
    this.parameters = {
      pairs: all,
      levels: this.parameters.levels,
      missing: new Map(Array.from(masks, (mask, number) => [mask, missing[number]! / total])),
    };
  }

  /** Both learn from what either has met, of the fields that the other learns. */
  poolWith(other: ClassLearner): void {
    this.met.forEach((own, field) => {
      if (other.learned[field] !== 'all') return;
      own.forEach((_, level) => (own[level]! += other.met[field]![level]!));
      other.met[field]!.set(own);
    });
  }

  maximise(): void {
    const levels = this.parameters.levels.map((own, field) => {
      const learned = this.learned[field];
      return learned === 'none' ? own : this.withPrior(own, field, learned === 'all' ? 1 : INEXACT);
    });
    this.parameters = { ...this.parameters, levels };
  }

  /** Shares by level from `from` on; what is below keeps its own. */
  private withPrior(before: Float64Array, field: number, from: number): Float64Array {
    const [met, prior] = [this.met[field]!, this.prior[field]!];
    const levels = before.slice();
    const weight = Math.max(PRIOR_PAIRS, PRIOR_SHARE * this.parameters.pairs);
    let kept = 0;
    for (let level = 1; level < from; level++) kept += before[level]!;
    let total = 0;
    for (let level = from; level < levels.length; level++) {
      levels[level] = met[level]! + weight * prior[level]!;
      total += levels[level]!;
    }
    for (let level = from; level < levels.length; level++) levels[level] = ((1 - kept) * levels[level]!) / total;
    return levels;
  }
}
