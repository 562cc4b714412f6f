import { featureName, describeFeature, type Feature } from '../../../core/features/feature';
import type { WhichCustomers } from '../../../core/features/history-sql';
import type { FeatureTable } from '../../../core/propensity/feature-table';
import { toldOf } from '../../../core/propensity/predict';
import type { Lake } from '../../../ports/lake';
import type { KeptModel, ModelStore } from '../../../ports/model-store';
import type {
  AskedModel,
  CustomersAsked,
  ExplainedScore,
  ExplainQuestion,
  ModelScorer,
  ScoredCustomers,
} from '../../../ports/model-scorer';
import type { RegisteredModel } from '../../../ports/model-registry';
import type { PropensityDesk } from '../../../ports/propensity-desk';
import { askedCustomers, type AskedCustomers } from '../../sql/asked-customers';
import { HistoryReader } from '../../sql/read-histories';
import { predictedBy } from './ask-kept-model';
import { LocalPropensityDesk } from './local-propensity-desk';
import { Xgboost } from './xgboost';

/** Opens where one row at a time is asked of a model. */
export type OpenDesk = (model: AskedModel, kept: KeptModel) => Promise<PropensityDesk>;

/** What a model says of the rows of a table, as `predict` in `core/propensity/predict.ts` does. */
export type Predict = (
  asked: RegisteredModel,
  kept: KeptModel,
  table: FeatureTable,
  signal?: AbortSignal,
) => Promise<Float32Array>;

/** How models are asked of one row, and of many; what is not given is done in this process. */
export interface AskingModels {
  readonly openDesk?: OpenDesk | undefined;
  readonly predict?: Predict | undefined;
}

const predictHere: Predict = async (_, kept, table, signal) => {
  const booster = await Xgboost.start();
  try {
    return await predictedBy(kept, table, booster, signal);
  } finally {
    await booster.close();
  }
};

/** Asks models, in this process where no other way is given, of customers as the lake knows them. */
export class LakeScorer implements ModelScorer {
  private readonly openDesk: OpenDesk;
  private readonly predict: Predict;

  constructor(
    private readonly lake: Lake,
    private readonly models: ModelStore,
    { openDesk = (_, kept) => LocalPropensityDesk.of(kept), predict = predictHere }: AskingModels = {},
  ) {
    this.openDesk = openDesk;
    this.predict = predict;
  }

  async customers(lakeVersion: number, signal?: AbortSignal): Promise<number> {
    const sql = 'SELECT count(*) AS customers FROM journeys';
    const [row] = await this.lake.rows<{ customers: number | bigint }>(sql, {
      version: lakeVersion,
      ...(signal && { signal }),
    });
    return Number(row?.customers ?? 0);
  }

  async score(model: AskedModel, which: CustomersAsked, signal?: AbortSignal): Promise<ScoredCustomers> {
    const kept = await this.models.load(model.spec.name, model.version, signal);
    const { customers, table } = await this.tableOf(model, kept, which, signal);
    const { kind, classes } = kept.manifest;
    const predicted = await this.predict({ model: model.spec.name, version: model.version }, kept, table, signal);
    const told = toldOf(predicted, customers.length, kind === 'classes' ? classes : undefined);
    return { customers, ...told, features: kept.features };
  }

  async explain(
    model: AskedModel,
    question: ExplainQuestion,
    signal?: AbortSignal,
  ): Promise<ExplainedScore | undefined> {
    const kept = await this.models.load(model.spec.name, model.version, signal);
    const { customers, table } = await this.tableOf(model, kept, { customers: [question.customer] }, signal);
    if (customers.length === 0) return undefined;
    const features = { ...valuesOf(table), ...question.instead };
    const desk = await this.openDesk(model, kept);
    try {
      const answer = await desk.answer({ features, reasons: question.reasons });
      const named = new Map(kept.plan.features.map((feature) => [featureName(feature), feature]));
      const reasons = (answer.reasons ?? []).map((reason) => ({
        ...reason,
        words: wordsOf(named.get(reason.feature), reason.value),
      }));
      const [likeliest] = Object.entries(answer.probabilities ?? {}).sort(([, one], [, other]) => other - one);
      return {
        kind: kept.manifest.kind,
        score: answer.probability ?? answer.score ?? likeliest![1],
        ...(likeliest && { class: likeliest[0] }),
        reasons,
      };
    } finally {
      await desk.close();
    }
  }

  /** The features of the customers whom the model speaks of. */
  private async tableOf(
    { spec, cutOff, lakeVersion }: AskedModel,
    { plan }: KeptModel,
    which: WhichCustomers,
    signal?: AbortSignal,
  ): Promise<AskedCustomers> {
    const reader = await HistoryReader.open(this.lake, spec, { version: lakeVersion, ...(signal && { signal }) });
    const [asked] = await askedCustomers(reader, spec, plan, which, [{ cutOff }]);
    return asked!;
  }
}

/** The first row's values by name; what is not known is null. */
function valuesOf({ features }: FeatureTable): Record<string, number | string | null> {
  return Object.fromEntries(
    features.map((feature) => {
      if (feature.kind === 'category') return [feature.name, feature.categories[feature.codes[0]!] ?? null];
      const value = feature.values[0]!;
      return [feature.name, Number.isFinite(value) ? value : null];
    }),
  );
}

function wordsOf(feature: Feature | undefined, value: number | string | null): string {
  return feature === undefined ? '' : describeFeature(feature, value);
}
