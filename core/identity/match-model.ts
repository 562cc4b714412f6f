import type { LinkageField } from '../../schemas/linkage';
import { missingOf } from './chance-agreement';
import type { ClassParameters } from './class-learner';
import type { LearnedClasses } from './latent-classes';
import { pairClasses, pairClassShapes } from './pair-classes';

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
   * @param missing which fields are missing, if these are others than those of level 0: of these the agreement is left open
   */
  weight(levels: Uint8Array, start = 0, missing = missingOf(levels, start, this.fields.length)): number {
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
