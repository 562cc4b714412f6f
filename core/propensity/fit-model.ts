import type { BoosterParameters, TreeBooster } from '../../ports/tree-booster';
import type { TrainingSpec } from '../../schemas/training';
import { HubError } from '../errors';
import { fitCalibration, type Calibration } from './calibration';
import { encodeLabelled, planEncoding, type Encoding } from './encoding';
import type { LabelledTable } from './feature-table';
import { search } from './search';

/** A model: trees, and what their input and their output mean. */
export interface FittedModel {
  readonly trees: Uint8Array;
  readonly encoding: Encoding;
  readonly parameters: BoosterParameters;
  readonly rounds: number;
  /** Of a binary target. */
  readonly calibration?: Calibration;
}

/**
 * Learns a model from a table: searches shape and size of trees, fits them to all rows, and calibrates on rows that were left out.
 *
 * @throws HubError NO_FEATURES where none differs between rows
 */
export async function fitModel(
  table: LabelledTable,
  spec: TrainingSpec,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<FittedModel> {
  const encoding = planEncoding(table, spec.mostCategories);
  if (encoding.columns.length === 0) {
    const message = `no feature tells anything of ${spec.target}: each is the same, missing or different in every row`;
    throw new HubError('NO_FEATURES', message, { field: 'features' });
  }
  const data = encodeLabelled(table, encoding);
  const { parameters, rounds, unseen } = await search(data, table.groups, spec, booster, signal);
  const trees = await booster.train(data, parameters, rounds, signal);
  const calibration = spec.kind === 'binary' ? { calibration: fitCalibration(unseen.labels, unseen.margins) } : {};
  return { trees, encoding, parameters, rounds, ...calibration };
}
