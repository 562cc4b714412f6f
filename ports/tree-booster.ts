/** Rows of numbers, one row after the other; NaN is missing. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export interface LabelledMatrix extends Matrix {
  /** One a row: 0 or 1, the number of a class, or a score. */
  readonly labels: Float32Array;
}

/** XGBoost's own names and values. */
export type BoosterParameters = Readonly<Record<string, string | number>>;

export interface LearningCurve {
  /** What the parameters' `eval_metric` says of the tested rows after each round. */
  readonly losses: Float64Array;
  /** What the model of the best round says of the tested rows, before the objective's link: one row's outputs after the other. */
  readonly margins: Float32Array;
  /** From 1. */
  readonly bestRounds: number;
}

/**
 * Learns ensembles of trees, and says what they say.
 *
 * Errors: `BOOSTER_UNAVAILABLE` (retryable) when the library's thread ended, `BOOSTER_REFUSED` with what the library says,
 * `CANCELLED`.
 */
export interface TreeBooster {
  /** The library's version, as in "3.0.5". */
  readonly version: string;
  /** The model after so many rounds, in the library's binary format: the same bytes for the same input. */
  train(data: LabelledMatrix, parameters: BoosterParameters, rounds: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Learns until the loss of the tested rows has not become less for so many rounds. */
  curve(
    data: { readonly train: LabelledMatrix; readonly test: LabelledMatrix },
    parameters: BoosterParameters,
    limits: { readonly mostRounds: number; readonly patience: number },
    signal?: AbortSignal,
  ): Promise<LearningCurve>;
  /** @throws HubError MODEL_INVALID, also for one that a newer version of the library has written */
  open(model: Uint8Array): Promise<OpenedTrees>;
  close(): Promise<void>;
}

/** A model that answers. */
export interface OpenedTrees {
  /** What it says before the objective's link: one row's outputs after the other. */
  margins(matrix: Matrix, signal?: AbortSignal): Promise<Float32Array>;
  /**
   * What every column adds to each output (TreeSHAP: Lundberg and others 2020), and last what all rows have in common; they
   * sum to the margin. Rows × outputs × (columns + 1).
   */
  contributions(matrix: Matrix, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}
