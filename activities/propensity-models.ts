import { HubError } from '../core/errors';
import { deploymentsSql, modelRunSql, type ModelRun } from '../core/propensity/model-runs-sql';
import { formerVersion } from '../core/propensity/roll-back';
import type { Finding } from '../core/propensity/findings';
import { newestWatchSql } from '../core/propensity/scores-sql';
import type { MeanMeasures } from '../core/propensity/evaluate';
import { metricOf } from '../core/propensity/gate';
import { kindOf } from '../core/features/targets';
import { refuseUnknownNames } from '../core/features/unknown-names';
import type { Lake } from '../ports/lake';
import type { ModelRegistry, RegisteredModel } from '../ports/model-registry';
import type { TrainingReport, TrainingRequest } from '../ports/model-trainer';
import type { WatchedModel } from '../ports/model-watch';
import type { PropensitySpec } from '../schemas/propensity';
import {
  rollBackInput,
  trainPropensityInput,
  type DecisionTaken,
  type ModelStatus,
  type PropensityModelList,
  type RollBackInput,
  type TrainPropensityInput,
} from '../schemas/propensity-training';
import { cancellation, warn } from './context';
import { deployedVersions, happenings, knownUntil, modelNamed } from './deployed-models';
import type { Asked } from './questions';

/** What a training is about to do. */
export interface TrainingPlan extends TrainingRequest {
  /** Milliseconds that somebody has to say yes or no; nothing where the gate alone decides. */
  readonly approvalWithin?: number;
}

export interface PropensityModelsOptions {
  readonly lake: Lake;
  readonly models: readonly PropensitySpec[];
  /** Where others look for models, too. */
  readonly registry?: ModelRegistry | undefined;
}

/** Models from their files to the one that is deployed, but for learning them. Bad input is a ZodError or a HubError that names the field. */
export function createPropensityModelActivities({ lake, models, registry }: PropensityModelsOptions) {
  const record = async (run: ModelRun, report?: TrainingReport) => {
    const signal = cancellation();
    const about = [report === undefined ? null : JSON.stringify(report)];
    await lake.commit(
      {
        key: `model:${run.model}:${run.version}:${run.status}:${run.at}`,
        series: 'models',
        inputs: { about: { columns: { about: 'VARCHAR' }, batches: [{ rows: 1, columns: { about } }] } },
        writes: [{ table: 'model_runs', mode: 'append', select: modelRunSql(run, lake.dialect) }],
      },
      { signal },
    );
    await tellRegistry(registry, run, report, signal);
  };

  const formerOf = async (model: string, wanted: string | undefined) => {
    modelNamed(models, model, 'model');
    const rows = await lake.rows<{ version: string }>(deploymentsSql(model));
    return formerVersion(
      model,
      rows.map(({ version }) => version),
      wanted,
    );
  };

  return {
    /** @throws HubError MODEL_UNKNOWN, NOTHING_TO_LEARN_FROM; INPUT_INVALID naming a field of the model's file */
    async planTraining(given: { input: TrainPropensityInput; startedAt: number }): Promise<TrainingPlan> {
      const { model, asOf } = trainPropensityInput.parse(given.input, { reportInput: true });
      const spec = modelNamed(models, model, 'model');
      metricOf(spec, kindOf(spec.target));
      const lakeVersion = await lake.version();
      const known = await knownUntil(lake, lakeVersion, given.startedAt);
      refuseUnknownNames(spec, await happenings(lake, lakeVersion));
      const champion = (await deployedVersions(lake, lakeVersion)).get(model);
      const { by, within } = spec.approval;
      return {
        spec,
        asOf: asOf === undefined ? known : Math.min(Date.parse(asOf), known),
        lakeVersion,
        ...(champion === undefined ? {} : { champion }),
        ...(by === 'gate' ? {} : { approvalWithin: within }),
      };
    },

    /**
     * Writes down what became of a model, once.
     *
     * @param run.report of the training, where that is what became of it
     */
    async recordModel({ report, ...run }: ModelRun & { readonly report?: TrainingReport }): Promise<void> {
      await record(run, report);
    },

    /**
     * The version that a model is to go back to.
     *
     * @throws HubError MODEL_UNKNOWN, NEVER_DEPLOYED
     */
    async planRollBack(input: RollBackInput): Promise<RegisteredModel> {
      const { model, version: wanted } = rollBackInput.parse(input, { reportInput: true });
      return { model, version: await formerOf(model, wanted) };
    },

    /**
     * Writes down that a model goes back to a version that answered before.
     *
     * @param given.at epoch milliseconds
     * @throws HubError MODEL_UNKNOWN, NEVER_DEPLOYED
     */
    async rollBackModel(given: { input: RollBackInput; at: number }): Promise<DecisionTaken> {
      const { model, version: wanted, author, reason } = rollBackInput.parse(given.input, { reportInput: true });
      const version = await formerOf(model, wanted);
      await record({ model, version, status: 'deployed', at: given.at, author, reason });
      return { model, version, status: 'deployed' };
    },

    /** The models that there are files of, each with its versions, the newest first. */
    async listModels({ lakeVersion }: Asked<unknown>): Promise<PropensityModelList> {
      const version = lakeVersion ?? (await lake.version());
      const deployed = await deployedVersions(lake, version);
      const rows = await lake.rows<RunRow>(
        `SELECT model, version, status, CAST(${lake.dialect.milestones.epochMs('happened_at')} AS DOUBLE) AS at_ms, author, reason, about
FROM model_runs ORDER BY sequence`,
        { version },
      );
      const watches = await lake.rows<WatchRow>(newestWatchSql(lake.dialect), { version });
      return {
        models: models.map(({ name, title, description }) => ({
          model: name,
          title,
          description,
          deployed: deployed.get(name) ?? null,
          watch: watchOf(watches.find(({ model }) => model === name)),
          versions: versionsOf(rows.filter(({ model }) => model === name)),
        })),
      };
    },
  };
}

interface WatchRow {
  readonly model: string;
  readonly version: string;
  readonly at_ms: number;
  readonly findings: string;
  readonly about: string;
}

function watchOf(row: WatchRow | undefined): PropensityModelList['models'][number]['watch'] {
  if (row === undefined) return null;
  const watched = JSON.parse(row.about) as WatchedModel | null;
  const { calibration } = watched ?? {};
  return {
    version: row.version,
    asOf: new Date(row.at_ms).toISOString(),
    findings: JSON.parse(row.findings) as Finding[],
    score: watched?.score.psi ?? null,
    features: (watched?.features ?? []).map(({ feature, psi }) => ({ feature, psi })),
    calibration: calibration === undefined ? null : { ...calibrationOf(calibration), lift10: watched?.lift10 ?? null },
  };
}

function calibrationOf({ cutOff, rows, expected, observed }: NonNullable<WatchedModel['calibration']>) {
  return { asOf: new Date(cutOff).toISOString(), customers: rows, expected, observed };
}

/** What the lake says counts: a registry that will not be told is told of in the log, and one that is busy is asked again. */
async function tellRegistry(
  registry: ModelRegistry | undefined,
  run: ModelRun,
  report: TrainingReport | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { status, author, reason = '' } = run;
  try {
    if (status === 'trained') await registry?.register(run, report!.measures as MeanMeasures, signal);
    else await registry?.decide(run, status, author === undefined ? reason : `${author}: ${reason}`, signal);
  } catch (error) {
    if (!(error instanceof HubError) || error.retryable || error.code === 'CANCELLED') throw error;
    warn(`${run.model} ${run.version} is ${status}, and its registry was not told: ${error.message}`);
  }
}

interface RunRow {
  readonly model: string;
  readonly version: string;
  readonly status: ModelStatus;
  readonly at_ms: number;
  readonly author: string | null;
  readonly reason: string | null;
  readonly about: string | null;
}

/** What became of each version last, with what is known from its training. */
function versionsOf(rows: readonly RunRow[]): PropensityModelList['models'][number]['versions'] {
  const versions = new Map<string, PropensityModelList['models'][number]['versions'][number]>();
  for (const { version, status, at_ms, author, reason, about } of rows) {
    const measures = about === null ? (versions.get(version)?.measures ?? {}) : reportedMeasures(about);
    versions.delete(version);
    versions.set(version, { version, status, at: new Date(at_ms).toISOString(), author, reason, measures });
  }
  return [...versions.values()].reverse();
}

function reportedMeasures(about: string): Record<string, unknown> {
  const { measures, baselines, champion, judgement, segments, warnings, rows } = JSON.parse(about) as TrainingReport;
  return { ...measures, baselines, champion, judgement, segments, warnings, rows };
}
