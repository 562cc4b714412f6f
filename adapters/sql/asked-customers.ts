import type { FeaturePlan } from '../../core/features/feature-plan';
import { FeatureRows } from '../../core/features/feature-rows';
import { pastOf, type CustomerHistory, type Past } from '../../core/features/history';
import type { WhichCustomers } from '../../core/features/history-sql';
import { labeller, memberOf, type LabelOf } from '../../core/features/targets';
import type { FeatureTable } from '../../core/propensity/feature-table';
import type { PropensitySpec } from '../../schemas/propensity';
import type { HistoryReader } from './read-histories';

/** Whom a model speaks of, and which features it is asked by. */
export interface AskingModel {
  readonly spec: Pick<PropensitySpec, 'population' | 'target'>;
  readonly plan: FeaturePlan;
}

/** A moment that customers are looked at. */
export interface Moment {
  /** Epoch milliseconds: only what happened before counts. */
  readonly cutOff: number;
  /** Only those of whom it is known what became of them within the horizon. */
  readonly isLabelled?: boolean;
}

/** Customers whose features are in memory at a time. */
const CUSTOMERS_OF_A_PAGE = 50_000;

/** The customers whom a model speaks of at a moment, a row each. */
export interface AskedCustomers {
  readonly customers: readonly string[];
  readonly table: FeatureTable;
  /** What became of them, as `labeller` tells; NaN where nothing can be said. */
  readonly labels: Float32Array;
}

/**
 * Reads some customers once, and makes a model's features of whom it speaks of, at each of some moments.
 *
 * @param most customers of each moment, the first ones who are read; their features are in memory
 */
export async function askedCustomers(
  reader: HistoryReader,
  model: AskingModel,
  {
    which,
    moments,
    most,
  }: { readonly which: WhichCustomers; readonly moments: readonly Moment[]; readonly most: number },
): Promise<AskedCustomers[]> {
  const asked = moments.map((moment) => new AskedPage(reader, model, moment, most));
  for await (const histories of reader.part(which)) {
    for (const history of histories) asked.forEach((page) => page.isFull || page.add(history));
  }
  return asked.map((page) => page.build());
}

/** The same of everybody who is read, at one moment: page by page, so that features of so many customers are in memory. */
export async function* askedInPages(
  reader: HistoryReader,
  model: AskingModel,
  which: WhichCustomers,
  moment: Moment,
  pageSize = CUSTOMERS_OF_A_PAGE,
): AsyncGenerator<AskedCustomers> {
  const most = Math.min(pageSize, reader.customers);
  let page = new AskedPage(reader, model, moment, most);
  for await (const histories of reader.part(which)) {
    for (const history of histories) {
      page.add(history);
      if (!page.isFull) continue;
      yield page.build();
      page = new AskedPage(reader, model, moment, most);
    }
  }
  if (!page.isEmpty) yield page.build();
}

/** Those of the customers it is given whom a model speaks of at a moment, up to so many. */
class AskedPage {
  private readonly customers: string[] = [];
  private readonly labels: number[] = [];
  private readonly rows: FeatureRows;
  private readonly isMember: (past: Past) => boolean;
  private readonly labelOf: LabelOf;

  constructor(
    { alphabet }: HistoryReader,
    { spec, plan }: AskingModel,
    private readonly moment: Moment,
    private readonly most: number,
  ) {
    this.rows = new FeatureRows(plan, alphabet, most);
    this.isMember = memberOf(spec.population, alphabet);
    this.labelOf = labeller(spec.target, alphabet);
  }

  get isEmpty(): boolean {
    return this.customers.length === 0;
  }

  get isFull(): boolean {
    return this.customers.length === this.most;
  }

  add(history: CustomerHistory): void {
    const { cutOff, isLabelled } = this.moment;
    const past = pastOf(history, cutOff);
    if (!this.isMember(past)) return;
    const label = this.labelOf(history, cutOff);
    if (isLabelled === true && label === undefined) return;
    this.customers.push(history.customerId);
    this.rows.add(past);
    this.labels.push(label ?? Number.NaN);
  }

  build(): AskedCustomers {
    return { customers: this.customers, table: this.rows.build(), labels: Float32Array.from(this.labels) };
  }
}
