import { HubError } from '../../../core/errors';
import type {
  BoosterParameters,
  LabelledMatrix,
  LearningCurve,
  Matrix,
  OpenedTrees,
  TreeBooster,
} from '../../../ports/tree-booster';
import { XGBOOST_VERSION, xgboostLibrary } from '../engines/xgboost-library';
import type { OnStep } from '../engines/engine-cache';
import { AskedThread } from '../threads/asked-thread';
import { builtScript } from '../threads/built-script';
import { versionOf } from './xgboost-model';
import type { XgboostAnswer, XgboostQuestion, XgboostThreadData } from './xgboost-thread';

/**
 * Rounds that a thread of the library waits for the others without giving its core away. By default they are so many that two
 * trainings at a time on two cores took ten to sixty times as long as one; with these three times, and one alone as long as ever.
 */
const SPIN_COUNT = '1000';

type XgboostCalls = AskedThread<XgboostQuestion, XgboostAnswer>;

/** XGBoost in a thread of this process: one that learns, and one for every model that is open. */
export class Xgboost implements TreeBooster {
  readonly version = XGBOOST_VERSION;
  private readonly learning: XgboostCalls;

  private constructor(private readonly library: string) {
    this.learning = threadOf({ library });
  }

  /** @throws HubError ENGINE_MISSING */
  static async start(onStep?: OnStep): Promise<Xgboost> {
    // The library reads it when it is loaded.
    process.env['GOMP_SPINCOUNT'] ??= SPIN_COUNT;
    return new Xgboost(await xgboostLibrary(onStep));
  }

  train(
    data: LabelledMatrix,
    parameters: BoosterParameters,
    rounds: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    return this.learning.ask({ train: data, parameters, rounds }, signal) as Promise<Uint8Array>;
  }

  curve(
    data: { readonly train: LabelledMatrix; readonly test: LabelledMatrix },
    parameters: BoosterParameters,
    limits: { readonly mostRounds: number; readonly patience: number },
    signal?: AbortSignal,
  ): Promise<LearningCurve> {
    return this.learning.ask({ curve: data, parameters, limits }, signal) as Promise<LearningCurve>;
  }

  async open(model: Uint8Array): Promise<OpenedTrees> {
    refuseNewer(versionOf(model));
    const thread = threadOf({ library: this.library, model });
    const ask = (question: XgboostQuestion, signal?: AbortSignal) =>
      thread.ask(question, signal) as Promise<Float32Array>;
    try {
      await thread.ask({ isThere: true });
    } catch (error) {
      throw new HubError('MODEL_INVALID', 'XGBoost cannot read the model: it is damaged, or no model of XGBoost', {
        cause: error,
      });
    }
    return {
      margins: (matrix: Matrix, signal) => ask({ margins: matrix }, signal),
      contributions: (matrix: Matrix, signal) => ask({ contributions: matrix }, signal),
      close: () => thread.close(),
    };
  }

  close(): Promise<void> {
    return this.learning.close();
  }
}

function threadOf(workerData: XgboostThreadData): XgboostCalls {
  return new AskedThread({
    script: builtScript('propensity/xgboost-thread'),
    workerData,
    title: 'what XGBoost is asked',
    endedCode: 'BOOSTER_UNAVAILABLE',
  });
}

/** Newer ones are read without an error, and wrongly: base scores are written otherwise from 3.1 on. */
function refuseNewer(version: readonly number[]): void {
  const own = XGBOOST_VERSION.split('.').map(Number);
  const first = version.findIndex((number, index) => number !== own[index]);
  if (first < 0 || version[first]! < own[first]!) return;
  throw new HubError(
    'MODEL_INVALID',
    `the model was written by XGBoost ${version.join('.')}, and is read by ${XGBOOST_VERSION}, which would misread it; train it with ${XGBOOST_VERSION} or older`,
  );
}
