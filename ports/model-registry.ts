import type { MeanMeasures } from '../core/propensity/evaluate';
import type { ModelStatus } from '../schemas/propensity-training';

/** A version of a model, where others than the hub look for models. */
export interface RegisteredModel {
  readonly model: string;
  readonly version: string;
}

/** Tells a registry of models what became of each version. What it was told before is told again without harm. */
export interface ModelRegistry {
  /** A version that was learned, and waits for what is decided of it. */
  register(model: RegisteredModel, measures: MeanMeasures, signal?: AbortSignal): Promise<void>;
  /** What was decided of a version, and why. A version that was never registered is no error. */
  decide(
    model: RegisteredModel,
    status: Exclude<ModelStatus, 'trained'>,
    reason: string,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): void;
}
