import { HubError } from '../../../core/errors';
import { kindOf } from '../../../core/features/targets';
import { referenceOf } from '../../../core/propensity/drift';
import { measure, type Measures } from '../../../core/propensity/evaluate';
import { rowsOf, type LabelledTable } from '../../../core/propensity/feature-table';
import { judge, metricOf } from '../../../core/propensity/gate';
import { learnAndTest } from '../../../core/propensity/held-out';
import { segmentMeasures } from '../../../core/propensity/segments';
import type { Lake } from '../../../ports/lake';
import type { KeptModel, ModelStore } from '../../../ports/model-store';
import type { ModelTrainer, TrainingOptions, TrainingReport, TrainingRequest } from '../../../ports/model-trainer';
import type { TreeBooster } from '../../../ports/tree-booster';
import { refuseUntested, trainingOf } from '../../sql/hub-training';
import { readPropensityTables } from '../../sql/propensity-tables';
import { saidOf } from '../../../core/propensity/predict';
import { predictedBy } from './ask-kept-model';
import { Xgboost } from './xgboost';

/** Learns from a lake, with the library that it is given. */
export class LakeTrainer implements ModelTrainer {
  constructor(
    private readonly lake: Lake,
    private readonly models: ModelStore,
    private readonly threads: number,
    private readonly startBooster: () => Promise<TreeBooster> = () => Xgboost.start(),
  ) {}

  async train(request: TrainingRequest, options: TrainingOptions = {}): Promise<TrainingReport> {
    const { spec, asOf, lakeVersion } = request;
    const { signal, onProgress } = options;
    const kind = kindOf(spec.target);
    metricOf(spec, kind);
    const champion = await this.championOf(request, signal);
    const tables = await readPropensityTables(this.lake, spec, {
      asOf,
      version: lakeVersion,
      ...(signal && { signal }),
      ...(champion.model && { alsoBy: champion.model.plan }),
      onProgress: (done, total) => onProgress?.('read', done, total),
    });
    const { train, test, plan, cutOffs } = tables;
    refuseUntested(test.rows, spec.name);
    const training = trainingOf(spec, this.threads);
    const booster = await this.startBooster();
    try {
      onProgress?.('learn', 0, 1);
      const learned = await learnAndTest({ train, test }, training, { booster, signal });
      const { measures, baselines, predicted } = learned;
      const rival =
        champion.model === undefined
          ? undefined
          : measure(
              training,
              test.labels,
              await predictedBy(champion.model, tables.alsoTest!, booster, signal),
              test.groups,
            );
      const { target, classes } = training;
      const reference = referenceOf(someRows(train), saidOf(learned.predicted, test.rows), asOf);
      const day = new Date(asOf).toISOString().slice(0, 10);
      const version = await this.models.save(
        spec.name,
        day,
        { ...learned, target, classes, table: train, plan, reference },
        signal,
      );
      return {
        version,
        cutOffs,
        features: train.features.length,
        rows: { train: train.rows, test: test.rows },
        measures,
        baselines,
        ...championReport(request.champion, rival),
        segments: segmentMeasures(test, predicted, training),
        judgement: judge(spec, kind, measures, rival),
        warnings: [...champion.warnings, ...learned.warnings],
      };
    } finally {
      await booster.close();
    }
  }

  /** One that cannot be read any more is no reason not to train another. */
  private async championOf({ spec, champion }: TrainingRequest, signal?: AbortSignal): Promise<Champion> {
    if (champion === undefined) return { warnings: [] };
    const without = (why: string) => ({ warnings: [`not compared with the deployed model ${champion}: ${why}`] });
    try {
      const model = await this.models.load(spec.name, champion, signal);
      return model.manifest.kind === kindOf(spec.target)
        ? { model, warnings: [] }
        : without('it predicts another kind of target');
    } catch (error) {
      if (!(error instanceof HubError) || !error.code.startsWith('MODEL_')) throw error;
      return without(error.message);
    }
  }
}

const MOST_REFERENCE_ROWS = 20_000;

interface Champion {
  readonly model?: KeptModel;
  readonly warnings: readonly string[];
}

function championReport(version: string | undefined, measures: Measures | undefined): Pick<TrainingReport, 'champion'> {
  return version === undefined || measures === undefined ? {} : { champion: { version, measures } };
}

/** Of many rows, some tell as well how values are distributed. */
function someRows(table: LabelledTable): LabelledTable {
  const every = Math.max(1, Math.ceil(table.rows / MOST_REFERENCE_ROWS));
  return rowsOf(
    table,
    Int32Array.from({ length: Math.ceil(table.rows / every) }, (_, index) => index * every),
  );
}
