import { groupAll, type JourneyGroups } from '../journeys/group-journeys';
import type { JourneySlices, Letters } from '../journeys/slices';
import { SIGNATURE_BITS, SIGNATURE_LEVELS, chooseSignatureBits, type SignatureBits } from './signature-bits';
import type { StepCosts } from './step-costs';

export const SIGNATURE_WORDS = SIGNATURE_BITS / 32;

/** The words of one length: numbers `first` up to `end - 1`, their letters from `letters` on, one word after another. */
export interface WordLength {
  readonly length: number;
  readonly first: number;
  readonly end: number;
  readonly letters: number;
  /** The greatest sum of what the steps of such a word cost. */
  readonly most: number;
}

/** The different words that customers have, the shorter first, with a signature each and who has them. */
export interface WordIndex {
  readonly alphabet: readonly string[];
  readonly costs: StepCosts;
  readonly size: number;
  readonly lengths: readonly WordLength[];
  readonly letters: Letters;
  /** `SIGNATURE_WORDS` numbers a word. */
  readonly signatures: Uint32Array;
  readonly bits: SignatureBits;
  /** The journeys with word `w`, ascending, are `members[memberStarts[w]]` up to `members[memberStarts[w + 1] - 1]`. */
  readonly members: Uint32Array;
  readonly memberStarts: Uint32Array;
}

/** Bytes for the part of an index that kernels read; they are zero. */
export type Allocate = (bytes: number) => { readonly buffer: ArrayBuffer; readonly byteOffset: number };

export const onHeap: Allocate = (bytes) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 });

/** Indexes journeys for the search for similar ones: some 0.6 s and 45 MB for a million journeys of up to 30 steps. */
export function indexWordsOf(slices: JourneySlices, costs: StepCosts, allocate: Allocate = onHeap): WordIndex {
  const groups = groupAll(slices);
  const { order, lengths, total } = sortByLength(slices, groups, costs);
  const width = slices.alphabet.length <= 256 ? 1 : 2;
  const signatureBytes = groups.size * SIGNATURE_WORDS * 4;
  const { buffer, byteOffset } = allocate(signatureBytes + total * width);
  const letters =
    width === 1
      ? new Uint8Array(buffer, byteOffset + signatureBytes, total)
      : new Uint16Array(buffer, byteOffset + signatureBytes, total);
  copyLetters(slices, groups, order, letters);
  const signatures = new Uint32Array(buffer, byteOffset, groups.size * SIGNATURE_WORDS);
  const bits = chooseSignatureBits(slices, groups, costs);
  const signer = new Signer(costs, bits);
  for (const range of lengths) {
    for (let word = range.first; word < range.end; word++) {
      const start = range.letters + (word - range.first) * range.length;
      signer.sign(letters, start, range.length, signatures, word * SIGNATURE_WORDS);
    }
  }
  const alphabet = slices.alphabet;
  return { alphabet, costs, size: groups.size, lengths, letters, signatures, bits, ...membersOf(groups, order) };
}

/** The signature of a word that need not be in the index. */
export function signatureOf({ costs, bits }: WordIndex, word: Letters): Uint32Array {
  const signature = new Uint32Array(SIGNATURE_WORDS);
  new Signer(costs, bits).sign(word, 0, word.length, signature, 0);
  return signature;
}

class Signer {
  /** How often each class occurred in the word so far; zero between words. */
  private readonly levels: Uint16Array;

  constructor(
    private readonly costs: StepCosts,
    private readonly signatureBits: SignatureBits,
  ) {
    this.levels = new Uint16Array(costs.classes.length);
  }

  /** Sets bits of `into`, from its number `at` on. */
  sign(letters: Letters, start: number, length: number, into: Uint32Array, at: number): void {
    const { levels } = this;
    const { classes } = this.costs;
    const { bits } = this.signatureBits;
    for (let index = start; index < start + length; index++) {
      const own = classes[letters[index] as number] as number;
      const level = levels[own] as number;
      if (level >= SIGNATURE_LEVELS) continue;
      levels[own] = level + 1;
      const bit = bits[own * SIGNATURE_LEVELS + level] as number;
      into[at + (bit >>> 5)] = (into[at + (bit >>> 5)] as number) | (1 << (bit & 31));
    }
    for (let index = start; index < start + length; index++) levels[classes[letters[index] as number] as number] = 0;
  }
}

interface SortedWords {
  /** Groups, by the number of their word. */
  readonly order: Uint32Array;
  readonly lengths: readonly WordLength[];
  /** Letters in all. */
  readonly total: number;
}

/** Sorts by counting, so that groups of the same length keep their order. */
function sortByLength({ starts, ends, steps }: JourneySlices, groups: JourneyGroups, { step }: StepCosts): SortedWords {
  const lengthOf = (group: number) => {
    const journey = groups.examples[group] as number;
    return (ends[journey] as number) - (starts[journey] as number);
  };
  const counts: number[] = [];
  const most: number[] = [];
  for (let group = 0; group < groups.size; group++) {
    const length = lengthOf(group);
    const start = starts[groups.examples[group] as number] as number;
    let cost = 0;
    for (let index = start; index < start + length; index++) cost += step[steps[index] as number] as number;
    counts[length] = (counts[length] ?? 0) + 1;
    most[length] = Math.max(most[length] ?? 0, cost);
  }
  const lengths: WordLength[] = [];
  const next: number[] = [];
  let first = 0;
  let total = 0;
  counts.forEach((count, length) => {
    lengths.push({ length, first, end: first + count, letters: total, most: most[length] as number });
    next[length] = first;
    first += count;
    total += count * length;
  });
  const order = new Uint32Array(groups.size);
  for (let group = 0; group < groups.size; group++) order[next[lengthOf(group)]!++] = group;
  return { order, lengths, total };
}

function copyLetters({ steps, starts, ends }: JourneySlices, groups: JourneyGroups, order: Uint32Array, to: Letters) {
  let at = 0;
  for (const group of order) {
    const journey = groups.examples[group] as number;
    const end = ends[journey] as number;
    for (let index = starts[journey] as number; index < end; index++) to[at++] = steps[index] as number;
  }
}

function membersOf(groups: JourneyGroups, order: Uint32Array): Pick<WordIndex, 'members' | 'memberStarts'> {
  const memberStarts = new Uint32Array(groups.size + 1);
  const next = new Uint32Array(groups.size);
  let start = 0;
  for (let word = 0; word < groups.size; word++) {
    memberStarts[word] = start;
    next[order[word] as number] = start;
    start += groups.counts[order[word] as number] as number;
  }
  memberStarts[groups.size] = start;
  const members = new Uint32Array(start);
  for (let index = 0; index < groups.of.length; index++) {
    members[next[groups.of[index] as number]!++] = groups.journeys[index] as number;
  }
  return { members, memberStarts };
}
