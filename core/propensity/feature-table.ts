/** Features by column; all columns have as many rows. */
export interface FeatureTable {
  readonly rows: number;
  readonly features: readonly FeatureColumn[];
}

export type FeatureColumn =
  /** NaN is missing. */
  | { readonly name: string; readonly kind: 'number'; readonly values: Float32Array | Float64Array }
  /** Codes of `categories`; -1 is missing. */
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    };
