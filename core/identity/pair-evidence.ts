import { missingOf } from './chance-agreement';
import { levelNames } from './field-kinds';
import type { MatchModel } from './match-model';

/** What one comparison says. */
export interface ComparisonEvidence {
  readonly field: string;
  /** The level of agreement, by its name. */
  readonly level: string;
  /** Bits that the comparison adds to the log2 odds: what they would be without it, taken from what they are. */
  readonly weight: number;
}

/**
 * What every comparison adds to a pair's weight, the most telling first: the weight less the one it would have if it were
 * not known how the field agrees. Under several classes of pairs comparisons lean on one another (what else agrees tells
 * which class a pair is of), so that these do not sum to the weight.
 */
export function pairEvidence(model: MatchModel, levels: Uint8Array): ComparisonEvidence[] {
  const missing = missingOf(levels, 0, levels.length);
  const weight = model.weight(levels);
  return model.fields
    .map(({ column, kind }, field) => {
      const open = levels.slice();
      open[field] = 0;
      const level = levelNames(kind)[levels[field] as number] as string;
      return { field: column, level, weight: weight - model.weight(open, 0, missing) };
    })
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
