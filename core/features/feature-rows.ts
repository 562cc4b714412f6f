import type { FeatureColumn, FeatureTable } from '../propensity/feature-table';
import { featureName, type Feature, type FeatureSet } from './feature';
import type { FeaturePlan } from './feature-plan';
import { neighbourFiller, profileFiller, rhythmFiller } from './fill-customer';
import {
  channelFiller,
  countFiller,
  recencyFiller,
  transitionFiller,
  type FeatureWithColumn,
  type FillRow,
} from './fill-steps';
import type { Alphabet, Past } from './history';

/** Makes the rows of a feature table from pasts, by a plan. */
export class FeatureRows {
  private readonly columns: readonly FeatureWithColumn[];
  private readonly fillers: readonly FillRow[];
  private row = 0;

  /**
   * @param alphabet of the pasts to come; what the plan names and it does not know never happened
   * @param capacity rows at most
   */
  constructor(
    private readonly plan: FeaturePlan,
    alphabet: Alphabet,
    private readonly capacity: number,
  ) {
    this.columns = plan.features.map((feature) => ({
      feature,
      column: isCategory(feature) ? new Int32Array(capacity) : new Float32Array(capacity),
    }));
    this.fillers = [
      countFiller(this.of('counts'), alphabet),
      recencyFiller(this.of('recency'), alphabet),
      transitionFiller(this.of('transitions'), alphabet),
      channelFiller(this.of('channels'), alphabet),
      rhythmFiller(this.of('rhythm')),
      profileFiller(this.of('profile'), plan.categories),
      neighbourFiller(this.of('neighbours')),
    ];
  }

  get rows(): number {
    return this.row;
  }

  add(past: Past): void {
    if (this.row === this.capacity) throw new RangeError(`a feature table of ${this.capacity} rows is full`);
    for (const fill of this.fillers) fill(past, this.row);
    this.row++;
  }

  /** The rows so far; what is added later is not seen in it. */
  build(): FeatureTable {
    return { rows: this.row, features: this.columns.map((column) => this.columnOf(column)) };
  }

  private columnOf({ feature, column }: FeatureWithColumn): FeatureColumn {
    const name = featureName(feature);
    const values = column.subarray(0, this.row);
    if (values instanceof Float32Array) return { name, kind: 'number', values };
    const { attribute } = feature as Extract<Feature, { set: 'profile' }>;
    return { name, kind: 'category', codes: values, categories: this.plan.categories[attribute]! };
  }

  private of<Set extends FeatureSet>(set: Set) {
    return this.columns.filter(({ feature }) => feature.set === set) as FeatureWithColumn<
      Extract<Feature, { set: Set }>
    >[];
  }
}

function isCategory(feature: Feature): boolean {
  return feature.set === 'profile' && feature.as === 'category';
}
