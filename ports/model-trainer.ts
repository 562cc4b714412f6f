import type { CutOffs } from '../core/features/cut-offs';
import type { Measures } from '../core/propensity/evaluate';
import type { Judgement } from '../core/propensity/gate';
import type { SegmentMeasures } from '../core/propensity/segments';
import type { PropensitySpec } from '../schemas/propensity';

export interface TrainingRequest {
  readonly spec: PropensitySpec;
  /** Epoch milliseconds up to which everything that happened is known. */
  readonly asOf: number;
  readonly lakeVersion: number;
  /** The version that is deployed, if there is one. */
  readonly champion?: string | undefined;
}

/** What came of a training: the model itself is kept in the store. */
export interface TrainingReport {
  readonly version: string;
  readonly cutOffs: CutOffs;
  readonly features: number;
  readonly rows: { readonly train: number; readonly test: number };
  /** On a later period, of customers whom nothing was learned from. */
  readonly measures: Measures;
  readonly baselines: Readonly<Record<'prevalence' | 'linear', Measures>>;
  /** Of the deployed model on the same rows. */
  readonly champion?: { readonly version: string; readonly measures: Measures };
  readonly segments: readonly SegmentMeasures[];
  readonly judgement: Judgement;
  readonly warnings: readonly string[];
}

export interface TrainingOptions {
  readonly signal?: AbortSignal;
  /** @param done of `total` steps of what `stage` names; a stage whose end is not known has none */
  readonly onProgress?: (stage: 'read' | 'learn', done: number, total: number) => void;
}

/** Learns models of what is likely to happen, wherever that is done. */
export interface ModelTrainer {
  /** @throws HubError those of `core/propensity/check-table.ts`; CANCELLED */
  train(request: TrainingRequest, options?: TrainingOptions): Promise<TrainingReport>;
}
