import type { LinkageField } from '../../schemas/linkage';
import { missingOf } from './chance-agreement';
import type { ClassParameters } from './class-learner';
import type { LearnedClasses } from './latent-classes';
import { pairClasses, pairClassShapes } from './pair-classes';

/** A class that a pair may be of. */
export interface PairTerm {
  readonly isMatch: boolean;
  /** Pairs of the class with values missing as in this one. */
  readonly pairs: number;
  /** By field: how often pairs of the class agree as this one does. */
  readonly shares: readonly number[];
}

/** What was learned of some records: tells how likely any two are one person. */
export class MatchModel {
  constructor(
    readonly fields: readonly LinkageField[],
    readonly chance: ClassParameters,
    readonly classes: LearnedClasses['classes'],
  ) {}

  /**
   * The log2 odds that two records are one person, by how their fields agree.
   *
   * @param levels as `compareRecords` writes them, from `start` on
   */
  weight(levels: Uint8Array, start = 0): number {
    const missing = missingOf(levels, start, this.fields.length);
    const byChance =
      this.chance.pairs * (this.shareByChance(missing) * this.agreement(this.chance.levels, levels, start));
    let others = byChance;
    let matches = 0;
    for (const name of pairClasses) {
      const own = this.classes[name];
      const pairs = own.pairs * this.shareOf(own, missing) * this.agreement(own.levels, levels, start);
      if (pairClassShapes[name].isMatch) matches += pairs;
      else others += pairs;
    }
    return Math.log2(matches / others);
  }

  /** What the weight of a pair is computed from: the classes it may be of, chance among them. */
  termsOf(levels: Uint8Array): PairTerm[] {
    const missing = missingOf(levels, 0, this.fields.length);
    const sharesOf = (own: ClassParameters) =>
      own.levels.map((shares, field) => shares[levels[field] as number] as number);
    const classes = pairClasses.map((name) => {
      const own = this.classes[name];
      const pairs = own.pairs * this.shareOf(own, missing);
      return { isMatch: pairClassShapes[name].isMatch, pairs, shares: sharesOf(own) };
    });
    const byChance = this.chance.pairs * this.shareByChance(missing);
    return [...classes, { isMatch: false, pairs: byChance, shares: sharesOf(this.chance) }];
  }

  private agreement(shares: readonly Float64Array[], levels: Uint8Array, start: number): number {
    let product = 1;
    for (let field = 0; field < shares.length; field++) product *= shares[field]![levels[start + field] as number]!;
    return product;
  }

  /** What was never met tells nothing: it is as frequent as by chance. */
  private shareOf({ missing }: ClassParameters, pattern: number): number {
    return missing.get(pattern) ?? this.shareByChance(pattern);
  }

  private shareByChance(pattern: number): number {
    return Math.max(this.chance.missing.get(pattern) ?? 0, 1) / this.chance.pairs;
  }
}

/** The probability that goes with log2 odds. */
export function probabilityOf(weight: number): number {
  return 1 / (1 + 2 ** -weight);
}
