import type { Letters } from '../journeys/slices';
import { LevenshteinPattern, WeightedPattern } from './edit-distance';
import { SIGNATURE_BITS } from './signature-bits';
import { ROUNDING, costOf, mostDistance } from './step-costs';
import { SIGNATURE_WORDS, signatureOf, type WordIndex, type WordLength } from './word-index';

/** What to look for. */
export interface WordSearch {
  readonly pattern: Letters;
  readonly minSimilarity: number;
}

/** Words found, in their order, each with its distance from the pattern. */
export interface FoundWords {
  readonly words: number[];
  readonly distances: number[];
}

/** Finds the words of an index that are similar to a pattern, a length at a time. */
export interface WordScanner {
  /** Adds what is found among the words of one length to `found`. */
  scan(search: WordSearch, range: WordLength, found: FoundWords): void;
}

/** The lengths with words that may be similar enough: fewer or more steps than the pattern's cost too much otherwise. */
export function lengthsWithin({ lengths, costs }: WordIndex, { pattern, minSimilarity }: WordSearch): WordLength[] {
  const own = costOf(costs, pattern);
  const least = costs.step.reduce((low, cost) => Math.min(low, cost), 1);
  return lengths.filter(
    ({ length, most }) =>
      Math.abs(length - pattern.length) * least <= mostDistance(Math.max(own, most), minSimilarity) + ROUNDING,
  );
}

/** Bits of a signature that stand for equally dear edits. */
export interface SignatureTier {
  readonly cost: number;
  readonly mask: Uint32Array;
}

export const MOST_TIERS = 4;

/** The bits by what they cost, in few tiers: a tier's cost is the least of its bits'. */
export function signatureTiers({ bits }: WordIndex): SignatureTier[] {
  const distinct = [...new Set(bits.costs)].sort((a, b) => a - b);
  const floors = Array.from(
    { length: Math.min(MOST_TIERS, distinct.length) },
    (_, tier) => distinct[Math.floor((tier * distinct.length) / Math.min(MOST_TIERS, distinct.length))] as number,
  );
  return floors.map((cost, tier) => {
    const mask = new Uint32Array(SIGNATURE_WORDS);
    for (let bit = 0; bit < SIGNATURE_BITS; bit++) {
      const own = bits.costs[bit] as number;
      if (own >= cost && own < (floors[tier + 1] ?? Infinity)) mask[bit >>> 5]! |= 1 << (bit & 31);
    }
    return { cost, mask };
  });
}

/** The search in plain JavaScript: where there are no kernels, and what they must agree with. */
export class PlainScanner implements WordScanner {
  private readonly tiers: readonly SignatureTier[];

  constructor(private readonly index: WordIndex) {
    this.tiers = signatureTiers(index);
  }

  scan(search: WordSearch, range: WordLength, found: FoundWords): void {
    const signature = signatureOf(this.index, search.pattern);
    if (this.index.costs.isUnit) this.scanUnit(search, signature, range, found);
    else this.scanWeighted(search, signature, range, found);
  }

  private scanUnit({ pattern, minSimilarity }: WordSearch, own: Uint32Array, range: WordLength, found: FoundWords) {
    const { letters, signatures, alphabet } = this.index;
    const most = Math.floor(mostDistance(Math.max(pattern.length, range.length), minSimilarity));
    const whole = { letters: pattern, start: 0, length: pattern.length };
    const levenshtein = new LevenshteinPattern(whole, alphabet.length);
    let start = range.letters;
    for (let word = range.first; word < range.end; word++, start += range.length) {
      let taken = 0;
      let brought = 0;
      for (let part = 0; part < SIGNATURE_WORDS; part++) {
        const other = signatures[word * SIGNATURE_WORDS + part] as number;
        taken += ones((own[part] as number) & ~other);
        brought += ones(other & ~(own[part] as number));
      }
      if (taken > most || brought > most) continue;
      const distance = levenshtein.distance(letters, start, range.length, most);
      if (distance > most) continue;
      found.words.push(word);
      found.distances.push(distance);
    }
  }

  private scanWeighted({ pattern, minSimilarity }: WordSearch, own: Uint32Array, range: WordLength, found: FoundWords) {
    const { letters, costs, signatures } = this.index;
    const cost = costOf(costs, pattern);
    const roughly = mostDistance(Math.max(cost, range.most), minSimilarity) + ROUNDING;
    const weighted = new WeightedPattern({ letters: pattern, start: 0, length: pattern.length }, costs);
    let start = range.letters;
    for (let word = range.first; word < range.end; word++, start += range.length) {
      let taken = 0;
      let brought = 0;
      for (const tier of this.tiers) {
        for (let part = 0; part < SIGNATURE_WORDS; part++) {
          const other = signatures[word * SIGNATURE_WORDS + part] as number;
          const differ = (other ^ (own[part] as number)) & (tier.mask[part] as number);
          taken += tier.cost * ones(differ & (own[part] as number));
          brought += tier.cost * ones(differ & other);
        }
      }
      if (taken > roughly || brought > roughly) continue;
      const most = mostDistance(Math.max(cost, costOf(costs, letters, start, start + range.length)), minSimilarity);
      const distance = weighted.distance(letters, start, range.length, most);
      if (distance > most) continue;
      found.words.push(word);
      found.distances.push(distance);
    }
  }
}

/** How many bits are set (H. Warren, Hacker's Delight, 5-1). */
function ones(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
