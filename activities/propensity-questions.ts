import { HubError } from '../core/errors';
import { kindOf } from '../core/features/targets';
import { customerScoresSql } from '../core/propensity/scores-sql';
import { literal } from '../core/sql/quote';
import type { Lake } from '../ports/lake';
import type { ModelScorer } from '../ports/model-scorer';
import type { PropensitySpec } from '../schemas/propensity';
import {
  customerPropensitiesQuestion,
  whatIfQuestion,
  type CustomerPropensities,
  type CustomerPropensitiesQuestion,
  type WhatIfAnswer,
  type WhatIfQuestion,
} from '../schemas/propensity-scores';
import { cancellation } from './context';
import { modelNamed } from './deployed-models';
import type { Asked } from './questions';

export interface PropensityQuestionsOptions {
  readonly lake: Lake;
  readonly scorer: ModelScorer;
  readonly models: readonly PropensitySpec[];
}

const REASONS = 5;

interface ScoreRow {
  readonly model: string;
  readonly version: string;
  readonly cut_off_ms: number;
  readonly score: number;
  readonly class: string | null;
  readonly customers: number | bigint;
  readonly lower: number | bigint;
}

/** What is likely to happen to one customer. Bad input is a ZodError or a HubError that names the field. */
export function createPropensityQuestionActivities({ lake, scorer, models }: PropensityQuestionsOptions) {
  const scoresOf = (customer: string, version: number) =>
    lake.rows<ScoreRow>(customerScoresSql(customer, lake.dialect), { version });

  return {
    /** @throws HubError NOT_FOUND for somebody who has no journey */
    async customerPropensities(asked: Asked<CustomerPropensitiesQuestion>): Promise<CustomerPropensities> {
      const { customer } = customerPropensitiesQuestion.parse(asked.question, { reportInput: true });
      const lakeVersion = asked.lakeVersion ?? (await lake.version());
      await refuseUnknown(lake, customer, lakeVersion);
      const rows = await scoresOf(customer, lakeVersion);
      const propensities: CustomerPropensities['propensities'] = [];
      for (const spec of models) {
        const [newest, ...earlier] = rows.filter(({ model }) => model === spec.name);
        if (newest === undefined) continue;
        const { version, cut_off_ms: cutOff, customers, lower } = newest;
        const model = { spec, version, cutOff, lakeVersion };
        const explained = await scorer
          .explain(model, { customer, reasons: REASONS }, cancellation())
          .catch((error: unknown) => unexplained(error, spec, newest));
        if (explained === undefined) continue;
        propensities.push({
          model: spec.name,
          title: spec.title,
          version,
          asOf: told(cutOff),
          percentile: (100 * Number(lower)) / Math.max(1, Number(customers)),
          customers: Number(customers),
          ...explained,
          reasons: [...explained.reasons],
          trend: earlier.map((row) => ({ asOf: told(row.cut_off_ms), version: row.version, ...scoreOf(row) })),
        });
      }
      return { customer, propensities };
    },

    /** @throws HubError MODEL_UNKNOWN, NOT_FOUND; COLUMN_UNKNOWN, INPUT_INVALID naming the feature */
    async whatIf(asked: Asked<WhatIfQuestion & { readonly model: string }>): Promise<WhatIfAnswer> {
      const { model: name, ...rest } = asked.question;
      const spec = modelNamed(models, name, 'model');
      const { customer, instead } = whatIfQuestion.parse(rest, { reportInput: true });
      const lakeVersion = asked.lakeVersion ?? (await lake.version());
      const newest = (await scoresOf(customer, lakeVersion)).find(({ model }) => model === name);
      const model = newest && { spec, version: newest.version, cutOff: newest.cut_off_ms, lakeVersion };
      const explained =
        model &&
        (await scorer.explain(model, { customer, instead, reasons: REASONS }, cancellation()).catch(inWordsOfInstead));
      if (explained === undefined) {
        const message = `customer: ${name} was not asked of "${customer}": there is none, the model does not speak of them, or nobody was scored yet`;
        throw new HubError('NOT_FOUND', message, { field: 'customer' });
      }
      const { version, cut_off_ms: cutOff } = newest!;
      const reasons = [...explained.reasons];
      return { model: name, version, asOf: told(cutOff), now: scoreOf(newest!), ...explained, reasons };
    },
  };
}

/** That one model cannot be asked takes nothing from what was said of the customer, by it and by others. */
function unexplained(error: unknown, { target }: PropensitySpec, row: ScoreRow) {
  if (!(error instanceof HubError) || error.retryable || !error.code.startsWith('MODEL_')) throw error;
  return { kind: kindOf(target), ...scoreOf(row), reasons: [], unexplained: error.message };
}

/** Who asks what if calls features `instead`. */
function inWordsOfInstead(error: unknown): never {
  if (!(error instanceof HubError) || error.field?.startsWith('features.') !== true) throw error;
  const field = error.field.replace('features.', 'instead.');
  throw new HubError(error.code, error.message.replace(error.field, field), { field, cause: error });
}

function scoreOf({ score, class: own }: ScoreRow): { score: number; class?: string } {
  return { score, ...(own !== null && { class: own }) };
}

function told(ms: number): string {
  return new Date(ms).toISOString();
}

async function refuseUnknown(lake: Lake, customer: string, version: number): Promise<void> {
  const sql = `SELECT count(*) AS found FROM journeys WHERE customer_id = ${literal(customer)}`;
  const [row] = await lake.rows<{ found: number | bigint }>(sql, { version });
  if (Number(row?.found ?? 0) > 0) return;
  throw new HubError('NOT_FOUND', `customer: there is no customer "${customer}" with a journey`, { field: 'customer' });
}
