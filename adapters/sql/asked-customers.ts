import type { FeaturePlan } from '../../core/features/feature-plan';
import { FeatureRows } from '../../core/features/feature-rows';
import { pastOf, type Past } from '../../core/features/history';
import type { WhichCustomers } from '../../core/features/history-sql';
import { labeller, memberOf } from '../../core/features/targets';
import type { FeatureTable } from '../../core/propensity/feature-table';
import type { PropensitySpec } from '../../schemas/propensity';
import type { HistoryReader } from './read-histories';

/** A moment that customers are looked at. */
export interface Moment {
  /** Epoch milliseconds: only what happened before counts. */
  readonly cutOff: number;
  /** Only those of whom it is known what became of them within the horizon. */
  readonly isLabelled?: boolean;
}

/** The customers whom a model speaks of at a moment, a row each. */
export interface AskedCustomers {
  readonly customers: readonly string[];
  readonly table: FeatureTable;
  /** What became of them, as `labeller` tells; NaN where nothing can be said. */
  readonly labels: Float32Array;
}

/** Reads some customers once, and makes a model's features of whom it speaks of, at each of some moments. */
export async function askedCustomers(
  reader: HistoryReader,
  spec: Pick<PropensitySpec, 'population' | 'target'>,
  plan: FeaturePlan,
  which: WhichCustomers,
  moments: readonly Moment[],
): Promise<AskedCustomers[]> {
  const isMember = memberOf(spec.population, reader.alphabet);
  const labelOf = labeller(spec.target, reader.alphabet);
  const found = moments.map(() => ({ customers: [] as string[], pasts: [] as Past[], labels: [] as number[] }));
  for await (const histories of reader.part(which)) {
    for (const history of histories) {
      moments.forEach(({ cutOff, isLabelled }, index) => {
        const past = pastOf(history, cutOff);
        if (!isMember(past)) return;
        const label = labelOf(history, cutOff);
        if (isLabelled === true && label === undefined) return;
        const own = found[index]!;
        own.customers.push(history.customerId);
        own.pasts.push(past);
        own.labels.push(label ?? Number.NaN);
      });
    }
  }
  return found.map(({ customers, pasts, labels }) => {
    const rows = new FeatureRows(plan, reader.alphabet, pasts.length);
    for (const past of pasts) rows.add(past);
    return { customers, table: rows.build(), labels: Float32Array.from(labels) };
  });
}
