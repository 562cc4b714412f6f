import { HubError } from '../../../core/errors';
import type { ObjectStore } from '../../../ports/object-store';
import type {
  BoosterParameters,
  LabelledMatrix,
  LearningCurve,
  OpenedTrees,
  TreeBooster,
} from '../../../ports/tree-booster';
import { treesOf } from '../../files/model-archive';
import { csvOf, digestOf } from './csv-rows';
import type { SageMakerTrainingJobs } from './training-jobs';

export interface SageMakerBoosterOptions {
  /** What looks for the shape of trees, and asks models: a few hundred short fits, each a job of minutes, would take a day. */
  readonly local: TreeBooster;
  readonly jobs: Pick<SageMakerTrainingJobs, 'run' | 'close'>;
  readonly objects: ObjectStore;
  /** Of the objects, as SageMaker names it: `s3://bucket/prefix`. */
  readonly location: string;
  /** What the names of jobs begin with: 30 characters at most. */
  readonly name: string;
  /** Of the jobs: another image or instance is another job. */
  readonly basis: string;
}

const FOLDER = 'models/training';
/** SageMaker itself says how many threads an instance has. */
const OF_THIS_MACHINE = ['nthread'];

/** Learns the trees of a model in SageMaker's own XGBoost; everything else, as its baselines, is done in this process. */
export class SageMakerBooster implements TreeBooster {
  readonly version: string;

  constructor(private readonly options: SageMakerBoosterOptions) {
    this.version = options.local.version;
  }

  /** Throws also as `SageMakerTrainingJobs.run` does. */
  async train(
    data: LabelledMatrix,
    parameters: BoosterParameters,
    rounds: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const { local, jobs, objects, location, name, basis } = this.options;
    // The linear baseline is a matter of seconds, and its parameters are not among those that the container takes.
    if (parameters['booster'] === 'gblinear') return local.train(data, parameters, rounds, signal);
    const hyperParameters = hyperParametersOf(parameters, rounds);
    const digest = digestOf(data, [hyperParameters, basis]);
    const folder = `${FOLDER}/${digest}`;
    const input = `${folder}/train/rows.csv`;
    await objects.put(input, csvOf(data, ''), signal);
    try {
      const model = await jobs.run(
        {
          name: `${name}-${digest}`,
          hyperParameters,
          input: `${location}/${folder}/train/`,
          output: `${location}/${folder}/`,
        },
        signal,
      );
      const archive = await objects.read(model.slice(location.length + 1), signal === undefined ? {} : { signal });
      // What was learned from are rows of customers: they do not lie about.
      await objects.remove([input], signal);
      return await treesOf(model, archive);
    } catch (error) {
      // A job that may still go on reads it.
      if (error instanceof HubError && error.retryable) throw error;
      await objects.remove([input]);
      throw error;
    }
  }

  curve(
    data: { readonly train: LabelledMatrix; readonly test: LabelledMatrix },
    parameters: BoosterParameters,
    limits: { readonly mostRounds: number; readonly patience: number },
    signal?: AbortSignal,
  ): Promise<LearningCurve> {
    return this.options.local.curve(data, parameters, limits, signal);
  }

  open(model: Uint8Array): Promise<OpenedTrees> {
    return this.options.local.open(model);
  }

  async close(): Promise<void> {
    this.options.jobs.close();
    await this.options.local.close();
  }
}

function hyperParametersOf(parameters: BoosterParameters, rounds: number): Record<string, string> {
  const told = Object.entries(parameters).filter(([name]) => !OF_THIS_MACHINE.includes(name));
  return { ...Object.fromEntries(told.map(([name, value]) => [name, String(value)])), num_round: String(rounds) };
}
