import { HubError } from '../errors';

/**
 * Every customer's journey as a word over an alphabet of step types, in dense typed arrays. Customer `c` has the steps
 * `offsets[c]` up to `offsets[c + 1] - 1`, in the order of time; `steps` holds letters (indexes into `alphabet`),
 * `times` epoch milliseconds. Who customer `c` is, is not kept.
 */
export interface JourneyWords {
  readonly customers: number;
  readonly offsets: Uint32Array;
  readonly steps: Uint8Array | Uint16Array;
  readonly times: Float64Array;
  readonly alphabet: readonly string[];
  /** The channel of every step as an index into `names`, where channels are known. */
  readonly channels?: { readonly letters: Uint8Array | Uint16Array; readonly names: readonly string[] };
}

/** The most step types a word can be written in: letters are 16 bits wide. */
export const MAX_ALPHABET = 65_536;

/** How much is to come, where known: arrays of the right size are never copied. */
export interface ExpectedWords {
  readonly customers: number;
  readonly steps: number;
}

/** The array for letters of an alphabet: one byte a letter where that is enough. */
export function lettersArray(alphabetSize: number, length: number): Uint8Array | Uint16Array {
  if (alphabetSize > MAX_ALPHABET) throw alphabetTooLarge(alphabetSize);
  return alphabetSize <= 256 ? new Uint8Array(length) : new Uint16Array(length);
}

/** The error for more step types than letters. */
export function alphabetTooLarge(alphabetSize: number): HubError {
  return new HubError(
    'ALPHABET_TOO_LARGE',
    `${alphabetSize} different events are more than the ${MAX_ALPHABET} a journey can be written in; is this the column of event types?`,
  );
}

/** Builds `JourneyWords` from batches of words, such as column batches of the lake's table `journeys`. */
export class JourneyWordsBuilder {
  private customers = 0;
  private length = 0;
  private offsets: Uint32Array;
  private steps: Uint8Array | Uint16Array;
  private times: Float64Array;

  /** @throws HubError `ALPHABET_TOO_LARGE` */
  constructor(
    private readonly alphabet: readonly string[],
    expected: ExpectedWords = { customers: 1024, steps: 16_384 },
  ) {
    this.offsets = new Uint32Array(expected.customers + 1);
    this.steps = lettersArray(alphabet.length, expected.steps);
    this.times = new Float64Array(expected.steps);
  }

  /**
   * Adds one customer a word.
   *
   * @param words letters by customer
   * @param times epoch milliseconds by customer, as long as the word
   * @throws HubError `WORDS_INVALID` for a word without its times, or a letter outside the alphabet
   */
  append(words: ArrayLike<ArrayLike<number>>, times: ArrayLike<ArrayLike<number | bigint>>): void {
    this.reserveCustomers(words.length);
    for (let index = 0; index < words.length; index++) {
      this.appendWord(words[index] as ArrayLike<number>, times[index] ?? []);
    }
  }

  /** Adds customers by the lengths of their words; their steps follow with `appendSteps`, in the same order. */
  appendLengths(lengths: ArrayLike<number>): void {
    this.reserveCustomers(lengths.length);
    for (let index = 0; index < lengths.length; index++) {
      const end = (this.offsets[this.customers] as number) + (lengths[index] as number);
      this.offsets[++this.customers] = end;
    }
  }

  /**
   * Adds steps of the customers that `appendLengths` announced, regardless of where one customer ends.
   *
   * @param steps letters, and `times` epoch milliseconds, one a step
   */
  appendSteps(steps: ArrayLike<number>, times: ArrayLike<number>): void {
    this.reserveSteps(steps.length);
    this.steps.set(steps, this.length);
    this.times.set(times, this.length);
    this.length += steps.length;
  }

  /** The words so far; the builder is not to be used afterwards. */
  build(): JourneyWords {
    return {
      customers: this.customers,
      offsets: trimmed(this.offsets, this.customers + 1),
      steps: trimmed(this.steps, this.length),
      times: trimmed(this.times, this.length),
      alphabet: this.alphabet,
    };
  }

  private appendWord(word: ArrayLike<number>, times: ArrayLike<number | bigint>): void {
    if (word.length !== times.length) {
      throw invalid(`customer ${this.customers} has ${word.length} steps but ${times.length} times`);
    }
    this.reserveSteps(word.length);
    const { steps, alphabet, length } = this;
    for (let index = 0; index < word.length; index++) {
      const letter = word[index] as number;
      if (!(letter < alphabet.length)) {
        throw invalid(
          `customer ${this.customers} has the step ${letter}, but the alphabet ends at ${alphabet.length - 1}`,
        );
      }
      steps[length + index] = letter;
    }
    if (times instanceof Float64Array) this.times.set(times, length);
    else for (let index = 0; index < times.length; index++) this.times[length + index] = Number(times[index]);
    this.length += word.length;
    this.offsets[++this.customers] = this.length;
  }

  private reserveCustomers(more: number): void {
    const needed = this.customers + more + 1;
    if (needed > this.offsets.length) this.offsets = grown(this.offsets, new Uint32Array(roomFor(needed)));
  }

  private reserveSteps(more: number): void {
    const needed = this.length + more;
    if (needed <= this.steps.length) return;
    const room = roomFor(needed);
    this.steps = grown(this.steps, lettersArray(this.alphabet.length, room));
    this.times = grown(this.times, new Float64Array(room));
  }
}

/** Growing by half keeps the copies at twice the final size in all. */
function roomFor(needed: number): number {
  return Math.ceil(needed * 1.5);
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function trimmed<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(array: T, length: number): T {
  return (array.length === length ? array : array.slice(0, length)) as T;
}

function invalid(what: string): HubError {
  return new HubError('WORDS_INVALID', `the journey words do not fit together: ${what}; encode the journeys again`);
}
