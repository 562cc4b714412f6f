import type { FeaturePlan } from '../../features/feature-plan';
import { FeatureRows } from '../../features/feature-rows';
import { pastOf, type Alphabet, type CustomerHistory } from '../../features/history';
import { isTestedWith } from '../../features/sample-rows';
import { classNames, kindOf, labeller, memberOf, type LabelOf } from '../../features/targets';
import { cell } from '../../graph/loader-csv';
import type { PropensitySpec, PropensityTarget } from '../../../schemas/propensity';
import type { FeatureColumn, FeatureTable } from '../feature-table';
import { CUSTOMER, type ExportShape } from './training-configuration';

/** Moments of an export, in epoch milliseconds. */
export interface ExportMoments {
  /** Customers are as they were just before. */
  readonly asOf: number;
  /** Targets are told of the horizon that begins then: the same as `asOf` where it is learned from, else one that has ended by then. */
  readonly labelsFrom: number;
}

/** What a graph export is made for. */
export interface ExportRequest {
  readonly spec: Pick<PropensitySpec, 'population' | 'target'>;
  readonly plan: FeaturePlan;
  readonly shape: ExportShape;
  readonly moments: ExportMoments;
}

/** A category that is not known. */
const UNKNOWN = 'unknown';

/**
 * The customers of an export, a vertex each: everybody who had done something by then, also of whom the model does not
 * speak, since others may be told by them. What became of somebody is told only of those whom the model speaks of, and of
 * nobody who is tested with.
 */
export class CustomerRows {
  readonly customers: string[] = [];
  private readonly rows: FeatureRows;
  private readonly labels: (string | number | null)[] = [];
  private readonly isMember: ReturnType<typeof memberOf>;
  private readonly labelOf: LabelOf;

  /** @param capacity customers at most */
  constructor(
    private readonly request: ExportRequest,
    alphabet: Alphabet,
    capacity: number,
  ) {
    const { spec, plan } = request;
    this.rows = new FeatureRows(plan, alphabet, capacity);
    this.isMember = memberOf(spec.population, alphabet);
    this.labelOf = labeller(spec.target, alphabet);
  }

  add(history: CustomerHistory): void {
    const past = pastOf(history, this.request.moments.asOf);
    if (past.times.length === 0) return;
    this.rows.add(past);
    this.customers.push(history.customerId);
    this.labels.push(this.labelTold(history));
  }

  /** The file's text. */
  text(): string {
    const { columns, target } = this.request.shape;
    const header = ['~id', '~label', ...columns.map(({ column }) => column), target];
    const table = this.rows.build();
    const features = columns.map(({ feature }) => columnNamed(table, feature));
    const lines = this.customers.map((customer, row) => {
      const values = features.map((feature) => valueAt(feature, row));
      return [customer, CUSTOMER, ...values, this.labels[row]!].map(cell);
    });
    return [header, ...lines].map((line) => `${line.join()}\n`).join('');
  }

  private labelTold(history: CustomerHistory): string | number | null {
    const { spec, moments } = this.request;
    if (isTestedWith(history.customerId)) return null;
    if (!this.isMember(pastOf(history, moments.labelsFrom))) return null;
    const label = this.labelOf(history, moments.labelsFrom);
    return label === undefined ? null : targetValue(spec.target, label);
  }
}

/** The classes of a target as Neptune ML, which knows none that are numbers, is told them, in the order of their labels. */
export function targetClasses(target: PropensityTarget): readonly string[] {
  return kindOf(target) === 'binary' ? ['no', 'yes'] : classNames(target);
}

function targetValue(target: PropensityTarget, label: number): string | number {
  return kindOf(target) === 'score' ? label : targetClasses(target)[label]!;
}

function columnNamed({ features }: FeatureTable, name: string): FeatureColumn {
  return features.find((feature) => feature.name === name)!;
}

/** Categories go by number: names have what CSV has to escape. */
function valueAt(feature: FeatureColumn, row: number): string | number | null {
  if (feature.kind === 'number') {
    const value = feature.values[row]!;
    return Number.isFinite(value) ? value : null;
  }
  const code = feature.codes[row]!;
  return code < 0 ? UNKNOWN : `c${code}`;
}
