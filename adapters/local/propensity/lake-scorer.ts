import { featureName, describeFeature, type Feature } from '../../../core/features/feature';
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
import { askedCustomers, askedInPages } from '../../sql/asked-customers';
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
    const { spec, version, cutOff } = model;
    const kept = await this.models.load(spec.name, version, signal);
    const { kind, classes: names } = kept.manifest;
    const customers: string[] = [];
    const scores: number[] = [];
    const classes: string[] = [];
    const pages = askedInPages(await this.read(model, signal), { spec, plan: kept.plan }, which, { cutOff });
    for await (const { table, customers: own } of pages) {
      const predicted = await this.predict({ model: spec.name, version }, kept, table, signal);
      const told = toldOf(predicted, own.length, kind === 'classes' ? names : undefined);
      own.forEach((customer, row) => {
        customers.push(customer);
        scores.push(told.scores[row]!);
        if (told.classes !== undefined) classes.push(told.classes[row]!);
      });
    }
    return {
      customers,
      scores: Float64Array.from(scores),
      ...(kind === 'classes' && { classes }),
      features: kept.features,
    };
  }

  async explain(
    model: AskedModel,
    question: ExplainQuestion,
    signal?: AbortSignal,
  ): Promise<ExplainedScore | undefined> {
    const kept = await this.models.load(model.spec.name, model.version, signal);
    const { spec, cutOff } = model;
    const asking = { which: { customers: [question.customer] }, moments: [{ cutOff }], most: 1 };
    const [asked] = await askedCustomers(await this.read(model, signal), { spec, plan: kept.plan }, asking);
    if (asked!.customers.length === 0) return undefined;
    const features = { ...valuesOf(asked!.table), ...question.instead };
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

  private read({ spec, lakeVersion }: AskedModel, signal?: AbortSignal): Promise<HistoryReader> {
    return HistoryReader.open(this.lake, spec, { version: lakeVersion, ...(signal && { signal }) });
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
