import { createHash } from 'node:crypto';
import { HubError } from '../../../core/errors';
import { calibrated } from '../../../core/propensity/calibration';
import { encode } from '../../../core/propensity/encoding';
import type { FeatureTable } from '../../../core/propensity/feature-table';
import { logit } from '../../../core/propensity/measures';
import type { RegisteredModel } from '../../../ports/model-registry';
import type { KeptModel } from '../../../ports/model-store';
import type { KeptModels } from './model-endpoints';
import { csvOf, digestOf } from './csv-rows';
import type { SageMakerTransformJobs } from './transform-jobs';

export interface BatchPredictorOptions extends KeptModels {
  readonly jobs: Pick<SageMakerTransformJobs, 'run' | 'close'>;
  /** What the names of jobs and models begin with: 30 characters at most. */
  readonly name: string;
  /** Of the jobs: another image or instance is another job. */
  readonly basis: string;
}

const FOLDER = 'models/scoring';
const INPUT = 'rows.csv';

/** Asks models of many rows by batch transform jobs of SageMaker's own XGBoost, to which archives are given as they were learned. */
export class BatchPredictor {
  constructor(private readonly options: BatchPredictorOptions) {}

  /**
   * What a model says of the rows of a table, which its own plan has made. Throws as `SageMakerTransformJobs.run` does.
   *
   * @throws HubError SCORING_FAILED where the job's answer is not one of so many rows
   */
  async predict(
    { model, version }: RegisteredModel,
    { manifest }: KeptModel,
    table: FeatureTable,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    if (table.rows === 0) return new Float32Array();
    const { jobs, objects, location, name, basis } = this.options;
    const rows = encode(table, manifest);
    const folder = `${FOLDER}/${digestOf(rows, [model, version, basis])}`;
    const answer = `${folder}/${INPUT}.out`;
    await objects.put(`${folder}/${INPUT}`, csvOf(rows, 'nan'), signal);
    await jobs.run(
      {
        name: `${name}-${folder.slice(FOLDER.length + 1)}`,
        model: `${name}-${hashOf([model, version, basis])}`,
        archive: `${location}/models/${model}/${version}/model.tar.gz`,
        input: `${location}/${folder}/${INPUT}`,
        output: `${location}/${folder}/`,
      },
      signal,
    );
    const lines = Buffer.from(await objects.read(answer, signal === undefined ? {} : { signal })).toString();
    const said = valuesOf(lines, rows.rows * (manifest.classes?.length ?? 1), `${location}/${answer}`);
    // What was asked are customers: it does not lie about.
    await objects.remove([`${folder}/${INPUT}`, answer], signal);
    const { calibration } = manifest;
    return calibration === undefined ? said : calibrated(calibration, said.map(logit));
  }

  close(): void {
    this.options.jobs.close();
  }
}

function valuesOf(lines: string, expected: number, where: string): Float32Array {
  const values = Float32Array.from(lines.trim().split(/[\n,]/), Number);
  if (values.length === expected && values.every(Number.isFinite)) return values;
  throw new HubError(
    'SCORING_FAILED',
    `${where} has ${values.length} values, and ${expected} numbers were expected: check which image engines.aws.scoring names`,
    { field: 'engines.aws.scoring.image' },
  );
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
