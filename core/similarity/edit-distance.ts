import { ROUNDING, exchangeCost, type StepCosts } from './step-costs';

/** Letters of one journey: a piece of a longer array. */
export interface LetterSpan {
  readonly letters: Uint8Array | Uint16Array;
  readonly start: number;
  readonly length: number;
}

/** A stretch of a journey, by where it ends (one past its last step), and its distance from the pattern. */
export interface Stretch {
  end: number;
  distance: number;
}

const WORD_BITS = 32;

/**
 * Levenshtein distances from one pattern, bit-parallel: 32 cells of the dynamic programme at a time (Myers 1999, in the
 * form for long patterns of Hyyrö 2003).
 */
export class LevenshteinPattern {
  private readonly blocks: number;
  /** The pattern's places of each letter, `blocks` words a letter. */
  private readonly places: Int32Array;
  private readonly positive: Int32Array;
  private readonly negative: Int32Array;
  /** The bit of the pattern's last letter in the last block. */
  private readonly lastBit: number;

  constructor(
    private readonly pattern: LetterSpan,
    alphabetSize: number,
  ) {
    this.blocks = Math.max(1, Math.ceil(pattern.length / WORD_BITS));
    this.places = new Int32Array(alphabetSize * this.blocks);
    this.positive = new Int32Array(this.blocks);
    this.negative = new Int32Array(this.blocks);
    for (let index = 0; index < pattern.length; index++) {
      const letter = pattern.letters[pattern.start + index] as number;
      const word = letter * this.blocks + (index >>> 5);
      this.places[word] = (this.places[word] as number) | (1 << (index & 31));
    }
    this.lastBit = 1 << ((pattern.length - 1) & 31);
  }

  /** The distance to a text, or some number above `most` if it is greater. */
  distance(letters: LetterSpan['letters'], start: number, length: number, most: number): number {
    if (this.pattern.length === 0) return length;
    return this.blocks === 1
      ? this.shortDistance(letters, start, length, most)
      : this.longDistance(letters, start, length, most);
  }

  private shortDistance(letters: LetterSpan['letters'], start: number, length: number, most: number): number {
    const { places, lastBit } = this;
    let positive = -1;
    let negative = 0;
    let distance = this.pattern.length;
    for (let index = 0; index < length; index++) {
      const equal = places[letters[start + index] as number] as number;
      const diagonal = (((equal & positive) + positive) ^ positive) | equal | negative;
      let up = negative | ~(diagonal | positive);
      let down = positive & diagonal;
      if (up & lastBit) distance++;
      else if (down & lastBit) distance--;
      up = (up << 1) | 1;
      down <<= 1;
      positive = down | ~(diagonal | up);
      negative = up & diagonal;
      // Every letter left can make it one less.
      if (distance - (length - 1 - index) > most) return most + 1;
    }
    return distance;
  }

  private longDistance(letters: LetterSpan['letters'], start: number, length: number, most: number): number {
    const { blocks, places, positive, negative } = this;
    positive.fill(-1);
    negative.fill(0);
    let distance = this.pattern.length;
    for (let index = 0; index < length; index++) {
      const row = (letters[start + index] as number) * blocks;
      let carry = 1; // what comes in from the block below: +1 at the first
      for (let block = 0; block < blocks; block++) {
        const isLast = block === blocks - 1;
        carry = this.advance(block, places[row + block] as number, carry, isLast ? this.lastBit : 1 << 31);
      }
      distance += carry;
      if (distance - (length - 1 - index) > most) return most + 1;
    }
    return distance;
  }

  /**
   * The stretch of a text that is nearest to the pattern, the earliest of equally near ones, written to `nearest`:
   * whatever comes before it is free (Sellers 1980, in Myers' form). `end` is 0 when none is as near as `most`.
   */
  nearestStretch(text: LetterSpan, most: number, nearest: Stretch): void {
    this.nearest(text, 0, most, nearest);
  }

  /** The nearest of the stretches that begin where the text does. */
  nearestPrefix(text: LetterSpan, nearest: Stretch): void {
    this.nearest(text, 1, Infinity, nearest);
  }

  private nearest({ letters, start, length }: LetterSpan, first: 0 | 1, most: number, nearest: Stretch): void {
    const { blocks, places, positive, negative } = this;
    positive.fill(-1);
    negative.fill(0);
    nearest.end = 0;
    nearest.distance = Infinity;
    let distance = this.pattern.length;
    for (let index = 0; index < length; index++) {
      const row = (letters[start + index] as number) * blocks;
      let carry: number = first;
      for (let block = 0; block < blocks; block++) {
        const isLast = block === blocks - 1;
        carry = this.advance(block, places[row + block] as number, carry, isLast ? this.lastBit : 1 << 31);
      }
      distance += carry;
      if (distance <= most && distance < nearest.distance) {
        nearest.distance = distance;
        nearest.end = index + 1;
      }
    }
  }

  /** One column of one block; takes and gives the horizontal difference at its edges. */
  private advance(block: number, places: number, carryIn: number, edgeBit: number): number {
    const positive = this.positive[block] as number;
    const negative = this.negative[block] as number;
    const equal = carryIn < 0 ? places | 1 : places;
    const vertical = places | negative;
    const diagonal = (((equal & positive) + positive) ^ positive) | equal;
    let up = negative | ~(diagonal | positive);
    let down = positive & diagonal;
    const carryOut = up & edgeBit ? 1 : down & edgeBit ? -1 : 0;
    up = (up << 1) | (carryIn > 0 ? 1 : 0);
    down = (down << 1) | (carryIn < 0 ? 1 : 0);
    this.positive[block] = down | ~(vertical | up);
    this.negative[block] = up & vertical;
    return carryOut;
  }
}

/**
 * The least cost at which one journey becomes another (Wagner, Fischer 1974), or Infinity if it is above `most`: the
 * programme stops when no cell of a row is as cheap.
 */
export class WeightedPattern {
  private readonly row: Float64Array;

  constructor(
    private readonly pattern: LetterSpan,
    private readonly costs: StepCosts,
  ) {
    this.row = new Float64Array(pattern.length + 1);
  }

  distance(letters: LetterSpan['letters'], start: number, length: number, most: number): number {
    const { pattern, row } = this;
    this.firstRow();
    for (let index = 0; index < length; index++) {
      const letter = letters[start + index] as number;
      const insertion = this.costs.step[letter] as number;
      if (this.nextRow(letter, (row[0] as number) + insertion) > most) return Infinity;
    }
    return row[pattern.length] as number;
  }

  /** See `LevenshteinPattern.nearestStretch`. */
  nearestStretch(text: LetterSpan, most: number, nearest: Stretch): void {
    this.nearest(text, false, most, nearest);
  }

  nearestPrefix(text: LetterSpan, nearest: Stretch): void {
    this.nearest(text, true, Infinity, nearest);
  }

  private nearest({ letters, start, length }: LetterSpan, isPrefix: boolean, most: number, nearest: Stretch): void {
    this.firstRow();
    nearest.end = 0;
    nearest.distance = Infinity;
    for (let index = 0; index < length; index++) {
      const letter = letters[start + index] as number;
      this.nextRow(letter, isPrefix ? (this.row[0] as number) + (this.costs.step[letter] as number) : 0);
      const distance = this.row[this.pattern.length] as number;
      if (distance <= most && distance < nearest.distance - ROUNDING) {
        nearest.distance = distance;
        nearest.end = index + 1;
      }
    }
  }

  private firstRow(): void {
    const { pattern, costs, row } = this;
    row[0] = 0;
    for (let i = 0; i < pattern.length; i++) {
      const own = pattern.letters[pattern.start + i] as number;
      row[i + 1] = (row[i] as number) + (costs.step[own] as number);
    }
  }

  /** The row of one letter more, from what its first cell is; returns the least of its cells. */
  private nextRow(letter: number, first: number): number {
    const { pattern, costs, row } = this;
    const { step } = costs;
    const insertion = step[letter] as number;
    let diagonal = row[0] as number;
    let least = (row[0] = first);
    for (let i = 0; i < pattern.length; i++) {
      const own = pattern.letters[pattern.start + i] as number;
      const above = row[i + 1] as number;
      const exchanged = diagonal + exchangeCost(costs, own, letter);
      const deleted = (row[i] as number) + (step[own] as number);
      const cell = Math.min(exchanged, deleted, above + insertion);
      row[i + 1] = cell;
      diagonal = above;
      if (cell < least) least = cell;
    }
    return least;
  }
}
