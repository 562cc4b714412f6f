import { mean } from 'simple-statistics';
import type { TrainingSpec } from '../../schemas/training';
import { measure, meansOf, type MeanMeasures } from './evaluate';
import type { FeatureColumn, LabelledTable } from './feature-table';

/** How a model fares with some of the customers: whether it errs more with them than with others, or in one direction. */
export interface SegmentMeasures {
  readonly feature: string;
  readonly value: string;
  readonly rows: number;
  /** Means: of what was, and of what was predicted. */
  readonly observed: number;
  readonly predicted: number;
  readonly measures: MeanMeasures;
}

/** Of fewer rows nothing can be said. */
const LEAST_ROWS = 50;

/**
 * The fairness table: measures by every value of every category that customers have. Of classes there is none.
 *
 * @param predicted of the table's rows
 */
export function segmentMeasures(
  table: LabelledTable,
  predicted: Float32Array,
  spec: Pick<TrainingSpec, 'kind' | 'classes'>,
): SegmentMeasures[] {
  if (spec.kind === 'classes') return [];
  const { labels } = table;
  const ofRows = (rows: readonly number[]) => {
    const own = Float32Array.from(rows, (row) => labels[row]!);
    const said = Float32Array.from(rows, (row) => predicted[row]!);
    const measures = meansOf([measure(spec, own, said)]);
    return { rows: rows.length, observed: mean([...own]), predicted: mean([...said]), measures };
  };
  return table.features.filter(isCategory).flatMap((feature) =>
    [...rowsByCode(feature.codes)]
      .filter(([code, rows]) => code >= 0 && rows.length >= LEAST_ROWS)
      .sort(([a], [b]) => a - b)
      .map(([code, rows]) => ({ feature: feature.name, value: feature.categories[code]!, ...ofRows(rows) })),
  );
}

type CategoryColumn = Extract<FeatureColumn, { kind: 'category' }>;

function isCategory(feature: FeatureColumn): feature is CategoryColumn {
  return feature.kind === 'category';
}

function rowsByCode(codes: Int32Array): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  codes.forEach((code, row) => {
    const rows = found.get(code);
    if (rows === undefined) found.set(code, [row]);
    else rows.push(row);
  });
  return found;
}
