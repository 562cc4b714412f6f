import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';
import type { JourneyWords } from './words';

/** The letter of a step type. Throws `EVENT_UNKNOWN` with the field that named it. */
export function letterOf({ alphabet }: Pick<JourneyWords, 'alphabet'>, step: string, field: string): number {
  const letter = alphabet.indexOf(step);
  if (letter >= 0) return letter;
  throw new HubError('EVENT_UNKNOWN', `${field}: no customer ever had "${step}"${didYouMean(step, alphabet)}`, {
    field,
  });
}
