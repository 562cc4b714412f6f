import type { ModelStatus } from '../../schemas/propensity-training';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';

/** What became of a model. */
export interface ModelRun {
  readonly model: string;
  readonly version: string;
  readonly status: ModelStatus;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly author?: string | undefined;
  readonly reason?: string | undefined;
}

/** A row of `model_runs`, whose `about` is in the table `about` (one row, one column of that name): it may be long. */
export function modelRunSql(
  { model, version, status, at, author, reason }: ModelRun,
  { timestampOf }: LakeDialect,
): string {
  const text = (value: string | undefined) => (value === undefined ? 'CAST(NULL AS VARCHAR)' : literal(value));
  return `SELECT (SELECT coalesce(max(sequence), 0) + 1 FROM model_runs) AS sequence, ${literal(model)} AS model,
  ${literal(version)} AS version, ${literal(status)} AS status, ${timestampOf(String(Math.round(at)))} AS happened_at,
  ${text(author)} AS author, ${text(reason)} AS reason, about FROM about`;
}

/** The versions that are deployed, by model: the last that was. */
export const deployedSql = `SELECT model, version FROM model_runs
WHERE status = 'deployed' AND sequence IN (SELECT max(sequence) FROM model_runs WHERE status = 'deployed' GROUP BY model)`;

/** Every time that a version of a model was deployed, in their order. */
export function deploymentsSql(model: string): string {
  return `SELECT version FROM model_runs WHERE status = 'deployed' AND model = ${literal(model)} ORDER BY sequence`;
}
