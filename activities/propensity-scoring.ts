import { findingsOf, wantsTraining, type Finding } from '../core/propensity/findings';
import { scoresSql, scoringRunSql, watchSql, type ScoringRun } from '../core/propensity/scores-sql';
import { literal } from '../core/sql/quote';
import type { Lake } from '../ports/lake';
import type { AskedModel, ModelScorer } from '../ports/model-scorer';
import type { ModelWatch } from '../ports/model-watch';
import type { PropensitySpec } from '../schemas/propensity';
import { scorePropensityInput, type ScorePropensityInput } from '../schemas/propensity-scores';
import { cancellation, whileAlive } from './context';
import { deployedVersions, knownUntil, modelNamed } from './deployed-models';

/** A scoring of all customers by one deployed model, part by part. */
export interface ScoringPlan extends AskedModel, ScoringRun {
  readonly parts: number;
  /** Epoch milliseconds at which it was asked for; plans of earlier releases do not say. */
  readonly askedAt?: number;
}

/** What was found of a deployed model. */
export interface ModelWatchOutcome {
  readonly findings: readonly Finding[];
  /** Why it is to be trained anew; absent where it is not, or was lately. */
  readonly because?: string;
}

export interface PropensityScoringOptions {
  readonly lake: Lake;
  readonly scorer: ModelScorer;
  readonly watch: ModelWatch;
  readonly models: readonly PropensitySpec[];
}

/**
 * Customers of a part: what is done again when it is cut off, which takes some seconds. Each part looks through all profiles and events
 * for neighbours, whatever its size: a million in parts of 50,000 took twice as long.
 */
const CUSTOMERS_OF_A_PART = 125_000;

/** A model that was just trained for the same reason, and is not deployed, is not trained again every night. */
const TRAINED_LATELY_MS = 7 * 86_400_000;

export function createPropensityScoringActivities({ lake, scorer, watch, models }: PropensityScoringOptions) {
  return {
    /**
     * One for each model that is deployed.
     *
     * @throws HubError MODEL_UNKNOWN
     */
    async planScoring(given: { input: ScorePropensityInput; startedAt: number }): Promise<ScoringPlan[]> {
      const { models: wanted } = scorePropensityInput.parse(given.input, { reportInput: true });
      const specs = wanted?.map((name, index) => modelNamed(models, name, `models.${index}`)) ?? models;
      const lakeVersion = await lake.version();
      const deployed = await deployedVersions(lake, lakeVersion);
      const own = specs.flatMap((spec) => {
        const version = deployed.get(spec.name);
        return version === undefined ? [] : [{ spec, version }];
      });
      if (own.length === 0) return [];
      // What happened at the very last moment counts, too.
      const cutOff = (await knownUntil(lake, lakeVersion, given.startedAt)) + 1;
      const customers = await scorer.customers(lakeVersion, cancellation());
      const parts = Math.max(1, Math.ceil(customers / CUSTOMERS_OF_A_PART));
      return own.map(({ spec, version }) => {
        const { name: model } = spec;
        const run = `${model}:${version}:${cutOff}`;
        return { run, model, spec, version, cutOff, lakeVersion, parts, askedAt: given.startedAt };
      });
    },

    /** Scores one part, and keeps that once. */
    async scorePart({ plan, part }: { plan: ScoringPlan; part: number }): Promise<{ customers: number }> {
      const progress = { stage: 'score', unit: 'customers', done: 0, detail: `part ${part + 1} of ${plan.parts}` };
      return whileAlive(progress, async () => {
        const signal = cancellation();
        const { customers, scores, classes, features } = await scorer.score(plan, { parts: plan.parts, part }, signal);
        const rows = customers.length;
        const columns = {
          customer_id: customers,
          score: scores,
          class: classes ?? new Array<null>(rows).fill(null),
          features: new Array<string>(rows).fill(features),
        };
        const types = { customer_id: 'VARCHAR', score: 'DOUBLE', class: 'VARCHAR', features: 'VARCHAR' };
        await lake.commit(
          {
            key: `scores:${plan.run}:${part}/${plan.parts}`,
            inputs: { scored: { columns: types, batches: [{ rows, columns }] } },
            writes: [{ table: 'propensity_scores', mode: 'append', select: scoresSql(plan, lake.dialect) }],
          },
          { signal },
        );
        return { customers: rows };
      });
    },

    /** Says that a scoring is whole: from now on it is what is told. */
    async finishScoring(plan: ScoringPlan): Promise<void> {
      await lake.commit(
        {
          key: `scores:${plan.run}`,
          writes: [{ table: 'propensity_runs', mode: 'append', select: scoringRunSql(plan, lake.dialect) }],
        },
        { signal: cancellation() },
      );
    },

    /** Looks whether a model still fits those whom it was just asked of, and keeps what is found. */
    async watchModel(plan: ScoringPlan): Promise<ModelWatchOutcome> {
      return whileAlive({ stage: 'watch', unit: 'models', done: 0, detail: plan.model }, async () => {
        const { cutOff, askedAt = cutOff } = plan;
        const watched = await watch.look(plan, cancellation());
        const findings = findingsOf(plan.spec, watched, { knownUntil: cutOff, now: askedAt });
        const columns = { findings: [JSON.stringify(findings)], about: [JSON.stringify(watched ?? null)] };
        await lake.commit(
          {
            key: `watch:${plan.run}`,
            inputs: { found: { columns: { findings: 'VARCHAR', about: 'VARCHAR' }, batches: [{ rows: 1, columns }] } },
            writes: [{ table: 'model_watch', mode: 'append', select: watchSql(plan, lake.dialect) }],
          },
          { signal: cancellation() },
        );
        if (!wantsTraining(findings) || (await wasTrainedSince(lake, plan.model, askedAt - TRAINED_LATELY_MS))) {
          return { findings };
        }
        return { findings, because: findings.map(({ says }) => says).join('; ') };
      });
    },
  };
}

async function wasTrainedSince(lake: Lake, model: string, since: number): Promise<boolean> {
  const at = `CAST(${lake.dialect.milestones.epochMs('happened_at')} AS DOUBLE)`;
  const sql = `SELECT count(*) AS trained FROM model_runs WHERE model = ${literal(model)} AND status = 'trained' AND ${at} >= ${since}`;
  const [row] = await lake.rows<{ trained: number | bigint }>(sql);
  return Number(row?.trained ?? 0) > 0;
}
