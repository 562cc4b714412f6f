/** What a version was measured to be, on customers and a period that it was not learned from. Which of them there are depends on the model. */
export interface Measures {
  readonly rows?: number | { readonly train: number; readonly test: number };
  readonly auc?: number;
  readonly aucInterval?: { readonly from: number; readonly to: number } | readonly [number, number];
  readonly macroAuc?: number;
  readonly prAuc?: number;
  readonly logLoss?: number;
  readonly ece?: number;
  readonly lift5?: number;
  readonly lift10?: number;
  readonly rmse?: number;
  readonly mae?: number;
  readonly r2?: number;
  readonly calibration?: readonly { readonly rows: number; readonly said: number; readonly was: number }[];
  readonly baselines?: Readonly<Record<string, Measures>>;
  readonly champion?: { readonly version: string; readonly measures: Measures } | null;
  readonly judgement?: { readonly passes: boolean; readonly reasons: readonly string[] };
  readonly segments?: readonly Segment[];
  readonly warnings?: readonly string[];
}

/** How a version fares with some of the customers. */
export interface Segment {
  readonly feature: string;
  readonly value: string;
  readonly rows: number;
  /** Means: of what was, and of what was predicted. */
  readonly observed: number;
  readonly predicted: number;
  readonly measures: Measures;
}

/** By name, what is told of a measure. */
export const MEASURES = {
  auc: 'AUC',
  macroAuc: 'Macro-AUC',
  prAuc: 'PR-AUC',
  logLoss: 'Log loss',
  ece: 'Calibration error',
  lift5: 'Lift, top 5 %',
  lift10: 'Lift, top 10 %',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
} as const;

export type MeasureName = keyof typeof MEASURES;

export const measureNames = Object.keys(MEASURES) as MeasureName[];
