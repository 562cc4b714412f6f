/** Features by column; all columns have as many rows. */
export interface FeatureTable {
  readonly rows: number;
  readonly features: readonly FeatureColumn[];
}

export type FeatureColumn =
  /** NaN is missing, and so is what is infinite. */
  | { readonly name: string; readonly kind: 'number'; readonly values: Float32Array | Float64Array }
  /** Codes of `categories`; -1 is missing. */
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    };

/** What is learned from, and tested with. */
export interface LabelledTable extends FeatureTable {
  /** One a row: 0 or 1, the number of a class from 0 on, or a score. */
  readonly labels: Float32Array;
  /** Rows of one group, as those of one customer, are never both learned from and tested with. By default each is its own. */
  readonly groups?: Int32Array;
}

/** Some rows of a table, in the order given. */
export function rowsOf(table: LabelledTable, rows: Int32Array): LabelledTable {
  const taken = <Values extends Float32Array | Float64Array | Int32Array>(values: Values): Values => {
    const own = new (values.constructor as new (length: number) => Values)(rows.length);
    for (let index = 0; index < rows.length; index++) own[index] = values[rows[index] as number] as number;
    return own;
  };
  return {
    rows: rows.length,
    labels: taken(table.labels),
    ...(table.groups === undefined ? {} : { groups: taken(table.groups) }),
    features: table.features.map((feature) =>
      feature.kind === 'number'
        ? { ...feature, values: taken(feature.values) }
        : { ...feature, codes: taken(feature.codes) },
    ),
  };
}
