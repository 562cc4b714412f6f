import type { LinkageField } from '../../../schemas/linkage';
import { missingOf } from './chance-agreement';
import type { ClassParameters } from './class-learner';
import { MOST_LEVELS } from '../records/field-kinds';
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
  /** By class, chance the last of them: how often its pairs agree at each level of each field. */
  private readonly shares: readonly Float64Array[];
  /** By which fields are missing in a pair: pairs of each class. */
  private readonly pairs = new Map<number, Float64Array>();

  constructor(
    readonly fields: readonly LinkageField[],
    readonly chance: ClassParameters,
    readonly classes: LearnedClasses['classes'],
  ) {
    this.shares = this.allClasses().map(({ levels }) => {
      const table = new Float64Array(fields.length * MOST_LEVELS);
      levels.forEach((own, field) => table.set(own, field * MOST_LEVELS));
      return table;
    });
  }

  /**
   * The log2 odds that two records are one person, by how their fields agree.
   *
   * @param levels as `compareRecords` writes them, from `start` on
   */
  weight(levels: Uint8Array, start = 0): number {
    const fields = this.fields.length;
    const pairs = this.pairsOf(missingOf(levels, start, fields));
    let matches = 0;
    let others = 0;
    for (let index = 0; index < this.shares.length; index++) {
      const shares = this.shares[index] as Float64Array;
      let own = pairs[index] as number;
      for (let field = 0; field < fields; field++) {
        own *= shares[field * MOST_LEVELS + (levels[start + field] as number)] as number;
      }
      if (IS_MATCH[index] === true) matches += own;
      else others += own;
    }
    return Math.log2(matches / others);
  }

  /** What the weight of a pair is computed from: the classes it may be of, chance among them. */
  termsOf(levels: Uint8Array): PairTerm[] {
    const pairs = this.pairsOf(missingOf(levels, 0, this.fields.length));
    return this.allClasses().map((own, index) => ({
      isMatch: IS_MATCH[index] === true,
      pairs: pairs[index] as number,
      shares: own.levels.map((shares, field) => shares[levels[field] as number] as number),
    }));
  }

  private allClasses(): ClassParameters[] {
    return [...pairClasses.map((name) => this.classes[name]), this.chance];
  }

  /** What was never met tells nothing: it is as frequent as by chance. */
  private pairsOf(missing: number): Float64Array {
    let pairs = this.pairs.get(missing);
    if (pairs === undefined) {
      const byChance = Math.max(this.chance.missing.get(missing) ?? 0, 1) / this.chance.pairs;
      const shareOf = (own: ClassParameters) =>
        own === this.chance ? byChance : (own.missing.get(missing) ?? byChance);
      pairs = Float64Array.from(this.allClasses(), (own) => own.pairs * shareOf(own));
      this.pairs.set(missing, pairs);
    }
    return pairs;
  }
}

/** In the order of the classes; chance, behind them, is none. */
const IS_MATCH: readonly boolean[] = pairClasses.map((name) => pairClassShapes[name].isMatch);

/** The probability that goes with log2 odds. */
export function probabilityOf(weight: number): number {
  return 1 / (1 + 2 ** -weight);
}
