import type { PropensitySpec, PropensityTarget } from '../../schemas/propensity';
import { countBefore, type Alphabet, type CustomerHistory, type Past } from './history';
import { valuesOf } from './observe-pasts';

/** What happened to a customer within a horizon: a label, or undefined where nothing can be said. */
export type LabelOf = (history: CustomerHistory, cutOff: number) => number | undefined;

/** What kind of answer a model gives. */
export type PropensityKind = 'binary' | 'classes' | 'score';

export function kindOf({ classes, score }: PropensityTarget): PropensityKind {
  if (classes !== undefined) return 'classes';
  return score === undefined ? 'binary' : 'score';
}

/** What the first class of a model with classes means: none of the others happened. */
export const NO_CLASS = 'none';

/** The names of the classes, in the order of their labels. */
export function classNames(target: PropensityTarget): readonly string[] {
  return [NO_CLASS, ...Object.keys(target.classes ?? {})];
}

/** The letters of an alphabet that are among some names. */
export function lettersAmong({ letters }: Alphabet, names: readonly string[]): ReadonlySet<number> {
  return new Set(letters.flatMap((letter, number) => (names.includes(letter) ? [number] : [])));
}

/**
 * Labels customers by what happened from a cut-off on, before the horizon's end: 1 or 0; the number of a class; or a score.
 */
export function labeller(target: PropensityTarget, alphabet: Alphabet): LabelOf {
  const { within, events, classes, score } = target;
  const groups = kindOf(target) === 'classes' ? Object.values(classes!) : [events ?? score!.events];
  const wanted = groups.map((names) => lettersAmong(alphabet, names));
  const firstHit = ({ letters, times }: CustomerHistory, cutOff: number) => {
    for (let index = countBefore(times, cutOff); index < times.length; index++) {
      if ((times[index] as number) >= cutOff + within) return undefined;
      const group = wanted.findIndex((set) => set.has(letters[index] as number));
      if (group >= 0) return { group, at: times[index] as number };
    }
    return undefined;
  };
  return (history, cutOff) => {
    const hit = firstHit(history, cutOff);
    if (score !== undefined) return hit && history.scores.find(({ at }) => at === hit.at)?.score;
    return hit === undefined ? 0 : hit.group + 1;
  };
}

/** Whether a model speaks of a customer, as the customer was just before a cut-off. */
export function memberOf(
  { seenWithin, had, hadNot, attributes }: PropensitySpec['population'],
  alphabet: Alphabet,
): (past: Past) => boolean {
  const needed = had.map((name) => lettersAmong(alphabet, [name]));
  const barred = lettersAmong(alphabet, hadNot);
  const wanted = Object.entries(attributes);
  return ({ cutOff, letters, times, records }) => {
    const last = times[times.length - 1];
    if (last === undefined || cutOff - last > seenWithin) return false;
    if (letters.some((letter) => barred.has(letter))) return false;
    if (!needed.every((set) => letters.some((letter) => set.has(letter)))) return false;
    if (wanted.length === 0) return true;
    const values = valuesOf(records);
    return wanted.every(([name, among]) => Object.hasOwn(values, name) && among.includes(values[name]!));
  };
}
