import type { FeatureTable } from '../../../core/propensity/feature-table';
import { predict } from '../../../core/propensity/predict';
import type { KeptModel } from '../../../ports/model-store';
import type { TreeBooster } from '../../../ports/tree-booster';

/** What a kept model says of the rows of a table, which its own plan has made. */
export async function predictedBy(
  { trees, manifest }: KeptModel,
  table: FeatureTable,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { kind, columns, calibration } = manifest;
  const opened = await booster.open(trees);
  try {
    return await predict(opened, { kind, encoding: { columns }, ...(calibration && { calibration }) }, table, signal);
  } finally {
    await opened.close();
  }
}
