import type { FeaturePlan } from '../core/features/feature-plan';
import type { FittedModel } from '../core/propensity/fit-model';
import type { Reference } from '../core/propensity/drift';
import type { FeatureTable } from '../core/propensity/feature-table';
import type { PropensityManifest } from '../schemas/propensity-model';

/** A model with all that it takes to ask it. */
export interface KeptModel {
  readonly trees: Uint8Array;
  readonly manifest: PropensityManifest;
  /** How its features are made of journeys. */
  readonly plan: FeaturePlan;
  /** A digest of the plan. */
  readonly features: string;
  /** What it was learned from; models of earlier releases have none. */
  readonly reference?: Reference;
}

/** A model that was learned, before it is kept. */
export interface LearnedModel extends FittedModel {
  readonly kind: PropensityManifest['kind'];
  readonly target: string;
  readonly classes?: readonly string[] | undefined;
  /** What it was learned from: names and kinds of its features, and how many rows there were. */
  readonly table: FeatureTable;
  readonly plan: FeaturePlan;
  readonly reference: Reference;
}

/** Where trained models are kept. */
export interface ModelStore {
  /**
   * Keeps a model, and tells its version: the day and a digest of all that is kept, so that the same model has the same version.
   *
   * @param day up to which all was known that it was learned from, YYYY-MM-DD
   */
  save(name: string, day: string, model: LearnedModel, signal?: AbortSignal): Promise<string>;
  /** @throws HubError MODEL_MISSING, MODEL_VERSION, MODEL_INVALID */
  load(name: string, version: string, signal?: AbortSignal): Promise<KeptModel>;
}
