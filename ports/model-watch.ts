import type { CalibrationDrift } from '../core/propensity/calibration-drift';
import type { Drift, FeatureDrift } from '../core/propensity/drift';
import type { AskedModel } from './model-scorer';

/** How well a model still fits the customers that it is asked of. */
export interface WatchedModel {
  /** Epoch milliseconds up to which all was known that it was learned from. */
  readonly knownUntil: number;
  /** Customers who were looked at; of very many, some. */
  readonly rows: number;
  /** Of what it says, against what it said when it was tested. */
  readonly score: Drift;
  /** Of the features that are farthest from what it was learned from, the farthest first. */
  readonly features: readonly FeatureDrift[];
  /** Of the newest customers whose horizon has passed; absent while that was still part of what it was learned from. */
  readonly calibration?: CalibrationDrift & { readonly cutOff: number };
  /** Of a yes or no, how many times as frequent it was among the tenth of these that it had named first; absent where it was nobody. */
  readonly lift10?: number;
}

/** Looks whether deployed models still fit, wherever that is done. */
export interface ModelWatch {
  /**
   * @returns undefined where nothing is known of what the model was learned from, or nobody is there whom it speaks of
   * @throws HubError those of `ModelStore.load`; CANCELLED
   */
  look(model: AskedModel, signal?: AbortSignal): Promise<WatchedModel | undefined>;
}
