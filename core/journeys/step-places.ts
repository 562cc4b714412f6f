import type { FrequencyKernel } from '../frequency/frequency-kernel';
import type { JourneyWords } from './words';

/** Journey words with an index of where each step type occurs. */
export interface IndexedWords {
  readonly words: JourneyWords;
  /** The places of letter `l` in the words' `steps`, ascending, are `places[starts[l]]` up to `places[starts[l + 1] - 1]`. */
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
  /** The frequency analyzer's kernel, where the words are in its memory. */
  readonly kernel?: FrequencyKernel;
}

/** Indexes words by a counting sort: four bytes a step, some 0.1 s for 20 M steps. */
export function indexWords(words: JourneyWords): IndexedWords {
  const { steps, alphabet } = words;
  const starts = new Uint32Array(alphabet.length + 1);
  for (let at = 0; at < steps.length; at++) {
    const after = (steps[at] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let letter = 0; letter < alphabet.length; letter++) {
    starts[letter + 1] = (starts[letter + 1] as number) + (starts[letter] as number);
  }
  const next = starts.slice();
  const places = new Uint32Array(steps.length);
  for (let at = 0; at < steps.length; at++) {
    const letter = steps[at] as number;
    const place = next[letter] as number;
    places[place] = at;
    next[letter] = place + 1;
  }
  return { words, starts, places };
}

/** The places of any of some letters, ascending. */
export function placesOf({ starts, places }: IndexedWords, letters: readonly number[]): Uint32Array {
  const lists = letters.map((letter) => places.subarray(starts[letter], starts[letter + 1]));
  if (lists.length === 1) return lists[0] as Uint32Array;
  const merged = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  const next = new Uint32Array(lists.length);
  for (let index = 0; index < merged.length; index++) {
    let least = 0xffff_ffff;
    let from = 0;
    for (let list = 0; list < lists.length; list++) {
      const place = (lists[list] as Uint32Array)[next[list] as number] ?? 0xffff_ffff;
      if (place < least) {
        least = place;
        from = list;
      }
    }
    merged[index] = least;
    next[from] = (next[from] as number) + 1;
  }
  return merged;
}
