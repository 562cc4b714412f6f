import { FeatureRows } from '../../core/features/feature-rows';
import { planFeatures, type FeaturePlan } from '../../core/features/feature-plan';
import { cutOffsOf, type CutOffs } from '../../core/features/cut-offs';
import type { CustomerHistory } from '../../core/features/history';
import { PastsObserver } from '../../core/features/observe-pasts';
import { RowSampler } from '../../core/features/sample-rows';
import type { FeatureTable, LabelledTable } from '../../core/propensity/feature-table';
import type { Lake, ReadOptions } from '../../ports/lake';
import type { PropensitySpec } from '../../schemas/propensity';
import { HistoryReader } from './read-histories';

/** What a model is learned from, and what it is tested with: later, and of other customers. */
export interface PropensityTables {
  readonly plan: FeaturePlan;
  readonly cutOffs: CutOffs;
  readonly train: LabelledTable;
  readonly test: LabelledTable;
  /** The rows of `test` as another plan makes them, where one was given. */
  readonly alsoTest?: FeatureTable;
  /** The customer of every row. */
  readonly customers: { readonly train: readonly string[]; readonly test: readonly string[] };
}

export interface TablesOptions extends ReadOptions {
  /** Epoch milliseconds up to which everything that happened is known. */
  readonly asOf: number;
  /** Another model's plan, to make its features of the tested rows, too. */
  readonly alsoBy?: FeaturePlan;
  /** Customers who were read, of two times as many as there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Customers whose records and neighbours are in memory at a time; each part looks through all profiles and events for neighbours. */
const CUSTOMERS_OF_A_PART = 125_000;

/**
 * Makes the tables of a training from a lake, reading all histories twice: to see what is in the pasts of the rows that are learned
 * from, which is what features are made of, and to make the rows.
 */
export async function readPropensityTables(
  lake: Lake,
  spec: PropensitySpec,
  { asOf, alsoBy, onProgress, ...read }: TablesOptions,
): Promise<PropensityTables> {
  const reader = await HistoryReader.open(lake, spec, read);
  const cutOffs = cutOffsOf(spec, asOf);
  const sampler = new RowSampler(spec, reader.alphabet, cutOffs);
  let done = 0;
  const everybody = async (each: (history: CustomerHistory) => void) => {
    const parts = Math.max(1, Math.ceil(reader.customers / CUSTOMERS_OF_A_PART));
    for (let part = 0; part < parts; part++) {
      for await (const histories of reader.part({ parts, part })) {
        histories.forEach(each);
        onProgress?.((done += histories.length), 2 * reader.customers);
      }
    }
  };

  const observer = new PastsObserver(reader.alphabet);
  const found = { train: 0, test: 0 };
  await everybody((history) => {
    const rows = sampler.rowsOf(history);
    if (sampler.isTested(history.customerId)) found.test += rows.length;
    else {
      found.train += rows.length;
      rows.forEach(({ past }) => observer.add(past));
    }
  });

  const plan = planFeatures(spec.features, observer);
  const most = spec.training.mostRows;
  const tables = {
    train: new TableRows([plan], reader, found.train, most),
    test: new TableRows(alsoBy === undefined ? [plan] : [plan, alsoBy], reader, found.test, most),
  };
  await everybody((history) => {
    const own = tables[sampler.isTested(history.customerId) ? 'test' : 'train'];
    own.add(sampler.rowsOf(history));
  });
  const [train, test] = [tables.train.build(), tables.test.build()];
  const [, alsoTest] = tables.test.features();
  const rows = { train, test, ...(alsoTest && { alsoTest }) };
  return { plan, cutOffs, ...rows, customers: { train: tables.train.customers, test: tables.test.customers } };
}

/** Rows of one table, as each of some plans makes them; where there are too many, those of some customers, as they come. */
class TableRows {
  readonly customers: string[] = [];
  private readonly rows: readonly FeatureRows[];
  private readonly labels: number[] = [];
  private readonly groups: number[] = [];
  private readonly capacity: number;
  private readonly every: number;
  private seen = 0;

  constructor(plans: readonly FeaturePlan[], { alphabet }: HistoryReader, found: number, most: number) {
    this.capacity = Math.min(found, most);
    this.every = Math.ceil(found / most);
    this.rows = plans.map((plan) => new FeatureRows(plan, alphabet, this.capacity));
  }

  add(sampled: ReturnType<RowSampler['rowsOf']>): void {
    if (sampled.length === 0 || this.seen++ % this.every !== 0) return;
    if (this.labels.length + sampled.length > this.capacity) return;
    for (const { customerId, past, label } of sampled) {
      for (const rows of this.rows) rows.add(past);
      this.customers.push(customerId);
      this.labels.push(label);
      this.groups.push(this.seen);
    }
  }

  features(): FeatureTable[] {
    return this.rows.map((rows) => rows.build());
  }

  build(): LabelledTable {
    return { ...this.features()[0]!, labels: Float32Array.from(this.labels), groups: Int32Array.from(this.groups) };
  }
}
