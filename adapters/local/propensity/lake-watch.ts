import { calibrationDrift, type CalibrationDrift } from '../../../core/propensity/calibration-drift';
import { driftOf, featureDrifts } from '../../../core/propensity/drift';
import { lift } from '../../../core/propensity/measures';
import { saidOf } from '../../../core/propensity/predict';
import type { Lake } from '../../../ports/lake';
import type { AskedModel } from '../../../ports/model-scorer';
import type { KeptModel, ModelStore } from '../../../ports/model-store';
import type { ModelWatch, WatchedModel } from '../../../ports/model-watch';
import type { TreeBooster } from '../../../ports/tree-booster';
import { askedCustomers, type AskedCustomers } from '../../sql/asked-customers';
import { HistoryReader } from '../../sql/read-histories';
import { predictedBy } from './ask-kept-model';
import { Xgboost } from './xgboost';

/** Of more customers, some tell as well: the index of 50,000 is within a hundredth of that of all. */
const MOST_CUSTOMERS = 50_000;
const MOST_FEATURES = 10;

/** Looks at customers as a lake knows them, and asks models in this process. */
export class LakeWatch implements ModelWatch {
  constructor(
    private readonly lake: Lake,
    private readonly models: ModelStore,
  ) {}

  async look(model: AskedModel, signal?: AbortSignal): Promise<WatchedModel | undefined> {
    const kept = await this.models.load(model.spec.name, model.version, signal);
    const { reference } = kept;
    if (reference === undefined) return undefined;
    const before = model.cutOff - model.spec.target.within;
    // What was learned from is no test.
    const isTold = before >= reference.knownUntil;
    const moments = [{ cutOff: model.cutOff }, ...(isTold ? [{ cutOff: before, isLabelled: true }] : [])];
    const [now, then] = await this.customersAt(model, kept, moments, signal);
    if (now === undefined || now.table.rows === 0) return undefined;
    const booster = await Xgboost.start();
    try {
      const said = saidOf(await predictedBy(kept, now.table, booster, signal), now.table.rows);
      const outcome = then && (await outcomeOf(kept, then, booster, signal));
      return {
        knownUntil: reference.knownUntil,
        rows: now.table.rows,
        score: driftOf(reference.score, said, reference.rows),
        features: featureDrifts(reference, now.table).slice(0, MOST_FEATURES),
        ...(outcome && { ...outcome, calibration: { ...outcome.calibration, cutOff: before } }),
      };
    } finally {
      await booster.close();
    }
  }

  private async customersAt(
    { spec, lakeVersion }: AskedModel,
    { plan }: KeptModel,
    moments: readonly { readonly cutOff: number; readonly isLabelled?: boolean }[],
    signal?: AbortSignal,
  ): Promise<AskedCustomers[]> {
    const reader = await HistoryReader.open(this.lake, spec, { version: lakeVersion, ...(signal && { signal }) });
    const parts = Math.max(1, Math.ceil(reader.customers / MOST_CUSTOMERS));
    return askedCustomers(reader, { spec, plan }, { which: { parts, part: 0 }, moments, most: MOST_CUSTOMERS });
  }
}

async function outcomeOf(
  kept: KeptModel,
  { table, labels }: AskedCustomers,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<{ readonly calibration: CalibrationDrift; readonly lift10?: number } | undefined> {
  if (table.rows === 0) return undefined;
  const { kind, classes } = kept.manifest;
  const predicted = await predictedBy(kept, table, booster, signal);
  const calibration = calibrationDrift({ kind, ...(classes && { classes }) }, labels, predicted);
  const isRanked = kind === 'binary' && calibration.observed > 0;
  return { calibration, ...(isRanked && { lift10: lift(labels, predicted, 0.1) }) };
}
