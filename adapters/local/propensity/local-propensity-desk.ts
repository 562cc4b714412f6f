import { HubError } from '../../../core/errors';
import { encode } from '../../../core/propensity/encoding';
import type { FeatureColumn, FeatureTable } from '../../../core/propensity/feature-table';
import { answersOf } from '../../../core/propensity/predict';
import { strongestReasons } from '../../../core/propensity/reasons';
import { didYouMean } from '../../../core/text/closest-name';
import type { PropensityDesk } from '../../../ports/propensity-desk';
import type { Matrix, OpenedTrees } from '../../../ports/tree-booster';
import type { PropensityManifest } from '../../../schemas/propensity-model';
import type { PropensityAnswer, PropensityQuestion } from '../../../schemas/propensity-question';
import { readArtefact, type Artefact } from './artefact';
import { Xgboost } from './xgboost';

type Features = PropensityQuestion['features'];

/** A model that `hub model train` wrote, in this process. */
export class LocalPropensityDesk implements PropensityDesk {
  private readonly names: readonly string[];

  private constructor(
    private readonly manifest: PropensityManifest,
    private readonly booster: Xgboost,
    private readonly trees: OpenedTrees,
  ) {
    this.names = manifest.features.map(({ name }) => name);
  }

  /** @throws HubError those of `readArtefact`; ENGINE_MISSING */
  static async open(path: string): Promise<LocalPropensityDesk> {
    return LocalPropensityDesk.of(await readArtefact(path));
  }

  /** @throws HubError ENGINE_MISSING */
  static async of({ trees, manifest }: Artefact): Promise<LocalPropensityDesk> {
    const booster = await Xgboost.start();
    return new LocalPropensityDesk(manifest, booster, await booster.open(trees));
  }

  async answer({ features, reasons }: PropensityQuestion): Promise<PropensityAnswer> {
    const { kind, target, classes, calibration, columns } = this.manifest;
    const matrix = encode(this.tableOf(features), { columns });
    const predicted = answersOf({ kind, ...(calibration && { calibration }) }, await this.trees.margins(matrix), 1);
    const why = reasons === 0 ? {} : { reasons: await this.reasons(matrix, features, predicted, reasons) };
    if (kind === 'binary') return { target, probability: predicted[0]!, ...why };
    if (kind === 'score') return { target, score: predicted[0]!, ...why };
    return { target, probabilities: Object.fromEntries(classes!.map((name, own) => [name, predicted[own]!])), ...why };
  }

  async close(): Promise<void> {
    await this.trees.close();
    await this.booster.close();
  }

  private async reasons(matrix: Matrix, features: Features, predicted: Float32Array, most: number) {
    const { columns, calibration } = this.manifest;
    const all = await this.trees.contributions(matrix);
    const width = columns.length + 1;
    const likeliest = predicted.indexOf(Math.max(...predicted));
    const own = all.subarray(likeliest * width, (likeliest + 1) * width);
    return strongestReasons(columns, own, most, calibration?.slope).map(({ feature, adds }) => ({
      feature,
      value: features[feature] ?? null,
      adds,
    }));
  }

  private tableOf(features: Features): FeatureTable {
    const unknown = Object.keys(features).find((name) => !this.names.includes(name));
    if (unknown !== undefined) {
      const message = `features.${unknown}: the model was not learned from it${didYouMean(unknown, this.names)}`;
      throw new HubError('COLUMN_UNKNOWN', message, { field: `features.${unknown}` });
    }
    const columns = this.manifest.features.map(({ name, kind }) =>
      columnOf(name, kind, (Object.hasOwn(features, name) ? features[name] : undefined) ?? ''),
    );
    return { rows: 1, features: columns };
  }
}

function columnOf(name: string, kind: FeatureColumn['kind'], value: string | number): FeatureColumn {
  const isMissing = value === '';
  if (kind === 'category') {
    return { name, kind, categories: [String(value)], codes: Int32Array.of(isMissing ? -1 : 0) };
  }
  const number = isMissing ? Number.NaN : Number(value);
  if (!isMissing && Number.isNaN(number)) {
    const field = `features.${name}`;
    throw new HubError('INPUT_INVALID', `${field}: expected a number, found "${value}"`, { field });
  }
  return { name, kind, values: Float32Array.of(number) };
}
