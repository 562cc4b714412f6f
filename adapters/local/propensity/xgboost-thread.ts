import { workerData } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import type { BoosterParameters, LabelledMatrix, LearningCurve, Matrix } from '../../../ports/tree-booster';
import { answerQuestions } from '../threads/asked-thread';
import { CONTRIBUTIONS, MARGIN, XgboostNative } from './xgboost-native';

export interface XgboostThreadData {
  /** Path of the library. */
  readonly library: string;
  /** What it answers by; nothing where it only learns. */
  readonly model?: Uint8Array;
}

export type XgboostQuestion =
  | { readonly train: LabelledMatrix; readonly parameters: BoosterParameters; readonly rounds: number }
  | {
      readonly curve: { readonly train: LabelledMatrix; readonly test: LabelledMatrix };
      readonly parameters: BoosterParameters;
      readonly limits: { readonly mostRounds: number; readonly patience: number };
    }
  | { readonly margins: Matrix }
  | { readonly contributions: Matrix }
  | { readonly isThere: true };

export type XgboostAnswer = Uint8Array | Float32Array | LearningCurve;

/** Rounds between two looks at whether somebody still waits. */
const ROUNDS_AT_ONCE = 10;
const { library, model } = workerData as XgboostThreadData;
const native = new XgboostNative(library);
const opened = model === undefined ? undefined : openedModel(model);

answerQuestions<XgboostQuestion, XgboostAnswer>((question, signal) => {
  if ('train' in question) return train(question, signal);
  if ('curve' in question) return learningCurve(question, signal);
  if ('margins' in question) return Promise.resolve(predict(question.margins, MARGIN));
  if ('contributions' in question) return Promise.resolve(predict(question.contributions, CONTRIBUTIONS));
  return Promise.resolve(new Uint8Array());
}, free);

async function train(
  { train: data, parameters, rounds }: Extract<XgboostQuestion, { train: unknown }>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return withMatrices([data], ([matrix]) =>
    withBooster([matrix], parameters, async (booster) => {
      for (let round = 0; round < rounds; round++) {
        native.update(booster, round, matrix);
        await letCancel(round, signal);
      }
      return native.save(booster);
    }),
  );
}

async function learningCurve(
  { curve, parameters, limits }: Extract<XgboostQuestion, { curve: unknown }>,
  signal: AbortSignal,
): Promise<LearningCurve> {
  return withMatrices([curve.train, curve.test], ([learned, tested]) =>
    withBooster([learned, tested], parameters, async (booster) => {
      const losses: number[] = [];
      let best = 0;
      while (losses.length < limits.mostRounds && losses.length - best <= limits.patience) {
        const round = losses.length;
        native.update(booster, round, learned);
        losses.push(native.evaluate(booster, round, tested));
        if (losses[round]! < losses[best]!) best = round;
        await letCancel(round, signal);
      }
      const margins = native.predict(booster, tested, MARGIN, best + 1);
      return { losses: Float64Array.from(losses), margins, bestRounds: best + 1 };
    }),
  );
}

function predict(data: Matrix, what: number): Float32Array {
  if (opened === undefined) throw new HubError('BOOSTER_REFUSED', 'no model was opened');
  const matrix = native.matrix(data);
  try {
    return native.predict(opened, matrix, what);
  } finally {
    native.freeMatrix(matrix);
  }
}

async function withMatrices<T>(data: readonly LabelledMatrix[], work: (matrices: unknown[]) => Promise<T>): Promise<T> {
  const matrices = data.map((one) => native.matrix(one, one.labels));
  try {
    return await work(matrices);
  } finally {
    matrices.forEach((matrix) => native.freeMatrix(matrix));
  }
}

async function withBooster<T>(
  matrices: readonly unknown[],
  parameters: BoosterParameters,
  work: (booster: unknown) => Promise<T>,
): Promise<T> {
  const booster = native.booster(matrices, parameters);
  try {
    return await work(booster);
  } finally {
    native.freeBooster(booster);
  }
}

function openedModel(bytes: Uint8Array): unknown {
  const booster = native.booster([], {});
  native.load(booster, bytes);
  return booster;
}

function free(): void {
  if (opened !== undefined) native.freeBooster(opened);
}

/** A cancellation is a message, which is read when this thread is let go for a moment. */
async function letCancel(round: number, signal: AbortSignal): Promise<void> {
  if (round % ROUNDS_AT_ONCE !== ROUNDS_AT_ONCE - 1) return;
  await new Promise(setImmediate);
  if (signal.aborted) throw new HubError('CANCELLED', 'training was cancelled');
}
