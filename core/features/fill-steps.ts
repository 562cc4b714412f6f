import { DAY_MS, type Feature } from './feature';
import type { Alphabet, Past } from './history';

/** Writes some features of one past into a row of their columns. */
export type FillRow = (past: Past, row: number) => void;

/** A feature with its column: numbers, or codes of a category. */
export interface FeatureWithColumn<F extends Feature = Feature> {
  readonly feature: F;
  readonly column: Float32Array | Int32Array;
}

type Of<Set extends Feature['set']> = FeatureWithColumn<Extract<Feature, { set: Set }>>;

/** How often something happened within windows that end at the cut-off. */
export function countFiller(features: readonly Of<'counts'>[], { letters }: Alphabet): FillRow {
  const windows = [...new Set(features.map(({ feature }) => feature.windowMs))].sort((a, b) => a - b);
  const columnOf = new Map(features.map(({ feature, column }) => [`${feature.windowMs} ${feature.letter}`, column]));
  const byWindow = windows.map((windowMs) => letters.map((letter) => columnOf.get(`${windowMs} ${letter}`)));
  const longest = windows[windows.length - 1] ?? 0;
  return ({ cutOff, letters: own, times }, row) => {
    for (let index = own.length - 1; index >= 0; index--) {
      const age = cutOff - (times[index] as number);
      if (age > longest) break;
      for (let window = windows.length - 1; window >= 0 && age <= (windows[window] as number); window--) {
        const column = byWindow[window]![own[index] as number];
        if (column !== undefined) column[row]!++;
      }
    }
  };
}

/** How many days ago something happened last; NaN for never. */
export function recencyFiller(features: readonly Of<'recency'>[], { letters }: Alphabet): FillRow {
  const columnOf = new Map(features.map(({ feature, column }) => [feature.letter, column]));
  const columns = letters.map((letter) => columnOf.get(letter));
  return ({ cutOff, letters: own, times }, row) => {
    for (const { column } of features) column[row] = NaN;
    for (let index = 0; index < own.length; index++) {
      const column = columns[own[index] as number];
      if (column !== undefined) column[row] = (cutOff - (times[index] as number)) / DAY_MS;
    }
  };
}

/** How often one step followed another, with no step between them. */
export function transitionFiller(features: readonly Of<'transitions'>[], { letters }: Alphabet): FillRow {
  const numbers = new Map(letters.map((letter, number) => [letter, number]));
  const columns = new Map<number, FeatureWithColumn['column']>();
  for (const { feature, column } of features) {
    const [from, to] = [numbers.get(feature.from), numbers.get(feature.to)];
    if (from !== undefined && to !== undefined) columns.set(from * letters.length + to, column);
  }
  return ({ letters: own, channels }, row) => {
    let before = -1;
    for (let index = 0; index < own.length; index++) {
      if ((channels[index] as number) < 0) continue;
      const letter = own[index] as number;
      const column = before < 0 ? undefined : columns.get(before * letters.length + letter);
      if (column !== undefined) column[row]!++;
      before = letter;
    }
  };
}

const RECENT_MS = 30 * DAY_MS;

/** Which share of the last 30 days' steps was on which channel; NaN without any. */
export function channelFiller(features: readonly Of<'channels'>[], { channels: names }: Alphabet): FillRow {
  const columnOf = new Map(features.map(({ feature, column }) => [feature.channel, column]));
  const columns = names.map((name) => columnOf.get(name));
  return ({ cutOff, times, channels }, row) => {
    let steps = 0;
    for (let index = times.length - 1; index >= 0 && cutOff - (times[index] as number) <= RECENT_MS; index--) {
      const channel = channels[index] as number;
      if (channel < 0) continue;
      steps++;
      const column = columns[channel];
      if (column !== undefined) column[row]!++;
    }
    // Without any step that is 0 / 0.
    for (const { column } of features) column[row] = (column[row] as number) / steps;
  };
}
