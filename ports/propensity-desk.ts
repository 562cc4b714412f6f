import type { PropensityAnswer, PropensityQuestion } from '../schemas/propensity-question';

/** Where one asks, of one row at a time, what is likely to happen, and why. */
export interface PropensityDesk {
  /** @throws HubError `COLUMN_UNKNOWN`, `INPUT_INVALID` naming the feature; those of `ports/tree-booster.ts` */
  answer(question: PropensityQuestion): Promise<PropensityAnswer>;
  close(): Promise<void>;
}
