import type { PropensityKind } from '../core/features/targets';
import type { PropensitySpec } from '../schemas/propensity';

/** A deployed model, and the moment that it is asked of. */
export interface AskedModel {
  readonly spec: PropensitySpec;
  readonly version: string;
  /** Epoch milliseconds: only what happened before counts. */
  readonly cutOff: number;
  readonly lakeVersion: number;
}

/** One of so many parts of all customers, the first being 0. */
export interface CustomersAsked {
  readonly parts: number;
  readonly part: number;
}

/** What a model says of the customers of a part whom it speaks of, in the same order. */
export interface ScoredCustomers {
  readonly customers: readonly string[];
  /** The probability of what is predicted; of classes, of the likeliest; or the predicted number. */
  readonly scores: Float64Array;
  /** Of classes, the likeliest. */
  readonly classes?: readonly string[];
  /** A digest of how features are made. */
  readonly features: string;
}

export interface ExplainQuestion {
  readonly customer: string;
  readonly reasons: number;
  /** Features as they might be, by name. */
  readonly instead?: Readonly<Record<string, number | string | null>>;
}

export interface ExplainedScore {
  readonly kind: PropensityKind;
  readonly score: number;
  readonly class?: string;
  /** The strongest first, in either direction; `adds` is to the log odds, or to the predicted number. */
  readonly reasons: readonly {
    readonly feature: string;
    readonly value: number | string | null;
    readonly words: string;
    readonly adds: number;
  }[];
}

/** Asks deployed models of customers, wherever that is done. */
export interface ModelScorer {
  /** How many customers there are to ask of. */
  customers(lakeVersion: number, signal?: AbortSignal): Promise<number>;
  /** @throws HubError those of `ModelStore.load`; CANCELLED */
  score(model: AskedModel, which: CustomersAsked, signal?: AbortSignal): Promise<ScoredCustomers>;
  /**
   * What a model says of one customer, and why; undefined for one whom it does not speak of.
   *
   * @throws HubError those of `ModelStore.load`; COLUMN_UNKNOWN, INPUT_INVALID naming a feature of `instead`
   */
  explain(model: AskedModel, question: ExplainQuestion, signal?: AbortSignal): Promise<ExplainedScore | undefined>;
}
