import type { ProfileAnswer, ProfileQuestion } from '../schemas/model-server';

/** Where one asks, of one profile at a time, whose it is. */
export interface ProfileDesk {
  /**
   * Tells whose a profile is.
   *
   * @throws HubError `COLUMN_UNKNOWN` for a column that the model does not have, `METHOD_UNAVAILABLE`
   */
  resolve(question: ProfileQuestion): Promise<ProfileAnswer>;
}
