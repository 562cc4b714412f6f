import type { PropensitySpec } from '../../schemas/propensity';
import type { CutOffs } from './cut-offs';
import { pastOf, type Alphabet, type CustomerHistory, type Past } from './history';
import { labeller, memberOf, type LabelOf } from './targets';

/** A row to learn from, or to test with: a customer at a cut-off. */
export interface SampledRow {
  readonly customerId: string;
  readonly past: Past;
  readonly label: number;
}

/** Of ten customers, so many are only tested with. */
const TESTED_OF_TEN = 3;

/**
 * Makes the rows of a training: every customer whom the model speaks of, at every cut-off. A customer is either learned from,
 * at the earlier cut-offs, or tested with, at the later ones: nobody is known from before, and nothing is learned of the time
 * that is tested.
 */
export class RowSampler {
  private readonly isMember: (past: Past) => boolean;
  private readonly labelOf: LabelOf;

  constructor(
    { population, target }: Pick<PropensitySpec, 'population' | 'target'>,
    alphabet: Alphabet,
    private readonly cutOffs: CutOffs,
  ) {
    this.isMember = memberOf(population, alphabet);
    this.labelOf = labeller(target, alphabet);
  }

  isTested(customerId: string): boolean {
    return isTestedWith(customerId);
  }

  rowsOf(history: CustomerHistory): SampledRow[] {
    const { customerId } = history;
    const found: SampledRow[] = [];
    for (const cutOff of this.isTested(customerId) ? this.cutOffs.test : this.cutOffs.train) {
      const past = pastOf(history, cutOff);
      if (!this.isMember(past)) continue;
      const label = this.labelOf(history, cutOff);
      if (label !== undefined) found.push({ customerId, past, label });
    }
    return found;
  }
}

/** Whether a customer is one to test with: a matter of the id alone, so that it is the same in every training. */
export function isTestedWith(customerId: string): boolean {
  return hash(customerId) % 10 < TESTED_OF_TEN;
}

/** FNV-1a of a text's UTF-16 units, 32 bits (Fowler, Noll and Vo). */
function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
