import { TRANSITION, type SeenInPasts } from './feature-plan';
import type { Alphabet, Past } from './history';

/** Counts what occurs in the pasts of training rows, so that features can be planned for it. */
export class PastsObserver implements SeenInPasts {
  readonly letters = new Map<string, number>();
  readonly transitions = new Map<string, number>();
  readonly channels = new Set<string>();
  readonly attributes = new Map<string, Map<string, number>>();

  constructor(private readonly alphabet: Alphabet) {}

  add({ letters, channels, records }: Past): void {
    const { letters: names, channels: channelNames } = this.alphabet;
    const had = new Set<number>();
    const followed = new Set<string>();
    let before: string | undefined;
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] as number;
      had.add(letter);
      const channel = channels[index] as number;
      // A milestone is no step: it is between others, and nothing follows it.
      if (channel < 0) continue;
      this.channels.add(channelNames[channel] as string);
      const name = names[letter] as string;
      if (before !== undefined) followed.add(`${before}${TRANSITION}${name}`);
      before = name;
    }
    for (const letter of had) increase(this.letters, names[letter] as string);
    for (const key of followed) increase(this.transitions, key);
    for (const [name, value] of Object.entries(valuesOf(records))) increase(this.valuesOf(name), value);
  }

  private valuesOf(attribute: string): Map<string, number> {
    let values = this.attributes.get(attribute);
    if (values === undefined) this.attributes.set(attribute, (values = new Map<string, number>()));
    return values;
  }
}

/** What records say together: a later one goes before an earlier one, attribute by attribute. */
export function valuesOf(records: Past['records']): Record<string, string> {
  return Object.assign({}, ...records.map(({ attributes }) => attributes)) as Record<string, string>;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
