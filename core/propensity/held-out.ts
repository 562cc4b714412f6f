import type { TreeBooster } from '../../ports/tree-booster';
import type { TrainingSpec } from '../../schemas/training';
import { linearBaseline, prevalenceBaseline } from './baselines';
import { checkTable } from './check-table';
import { measure, type Measures } from './evaluate';
import type { LabelledTable } from './feature-table';
import { fitModel, type FittedModel } from './fit-model';
import { predict } from './predict';

/** What is learned from, and what that is tested with, which nothing was chosen by. */
export interface HeldOut {
  readonly train: LabelledTable;
  readonly test: LabelledTable;
}

/** A model, and how good it is on rows that it has not seen. */
export interface TestedModel extends FittedModel {
  readonly kind: TrainingSpec['kind'];
  readonly measures: Measures;
  /** What is so of simpler models of the same rows. */
  readonly baselines: Readonly<Record<'prevalence' | 'linear', Measures>>;
  /** What it says of the tested rows. */
  readonly predicted: Float32Array;
}

export interface LearningTools {
  readonly booster: TreeBooster;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Learns from one table and tests with another.
 *
 * @throws HubError those of `checkTable`; `CANCELLED`
 */
export async function learnAndTest(
  tables: HeldOut,
  spec: TrainingSpec,
  tools: LearningTools,
): Promise<TestedModel & { readonly warnings: readonly string[] }> {
  const warnings = await checkTable(tables.train, spec);
  return { ...(await fitAndTest(tables, spec, tools)), warnings };
}

/** As `learnAndTest`, of tables that were checked. */
export async function fitAndTest(
  { train, test }: HeldOut,
  spec: TrainingSpec,
  tools: LearningTools,
): Promise<TestedModel> {
  const { booster, signal } = tools;
  const model = await fitModel(train, spec, booster, signal);
  const trees = await booster.open(model.trees);
  try {
    const { kind } = spec;
    const own = (predicted: Float32Array) => measure(spec, test.labels, predicted, test.groups);
    const predicted = await predict(trees, { ...model, kind }, test, signal);
    const linear = await linearBaseline({ train, test }, model.encoding, spec, booster, signal);
    const prevalence = prevalenceBaseline(train, test.rows, spec);
    const baselines = { prevalence: own(prevalence), linear: own(linear) };
    return { ...model, kind, measures: own(predicted), baselines, predicted };
  } finally {
    await trees.close();
  }
}
