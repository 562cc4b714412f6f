import type { ComparableRecords } from '../comparison/kernel-comparer';
import { bounded } from './link-records';
import type { MatchModel } from '../model/match-model';
import { rankOfLevel } from '../records/value-rarity';

/** How strongly two units are one person, and the two of their profiles that say so most. */
export interface UnitLink {
  /** Log2 odds; undefined where no field is known of both. */
  readonly weight: number | undefined;
  readonly a: number;
  readonly b: number;
  /** By field, the level at which the units agree. */
  readonly levels: Uint8Array;
}

/**
 * Weighs units: profiles that are one person for sure, each of which tells another part. Two units agree in a field as
 * their closest values do, so that a part that tells little (a visitor's e-mail address, a device) does not speak against
 * what the others tell; and where no field is known of both, nothing is known.
 */
export class UnitWeights {
  private readonly levelsOf = new Map<number, Uint8Array>();
  private readonly weightOf = new Map<string, number>();

  constructor(
    private readonly compared: ComparableRecords,
    private readonly model: MatchModel,
  ) {}

  /**
   * The links of every two units, those of `i` and `j > i` in the order of `i`, then `j`.
   *
   * @param isSettled whether it is known already that two units are not one person, or nobody asks
   */
  links(units: readonly (readonly number[])[], isSettled: (i: number, j: number) => boolean): UnitLink[] {
    const { a, b } = crossPairs(units);
    const packed = this.compared.comparer.compare(a, b);
    const links: UnitLink[] = [];
    let pair = 0;
    for (let i = 0; i < units.length; i++) {
      for (let j = i + 1; j < units.length; j++) {
        const pairs = units[i]!.length * units[j]!.length;
        const link = this.linkOf(a, b, packed, pair, pair + pairs);
        links.push(isSettled(i, j) ? { ...link, weight: undefined } : link);
        pair += pairs;
      }
    }
    return links;
  }

  private linkOf(a: Uint32Array, b: Uint32Array, packed: Float64Array, from: number, to: number): UnitLink {
    const best = new Uint8Array(this.model.fields.length);
    let closest = from;
    let most = -1;
    for (let pair = from; pair < to; pair++) {
      const levels = this.unpack(packed[pair] as number);
      const agreement = mergeClosest(best, levels);
      if (agreement > most) [most, closest] = [agreement, pair];
    }
    return { weight: this.weigh(best), a: a[closest] as number, b: b[closest] as number, levels: best };
  }

  private weigh(levels: Uint8Array): number | undefined {
    if (levels.every((level) => level === 0)) return undefined;
    const key = levels.join();
    let weight = this.weightOf.get(key);
    if (weight === undefined) {
      weight = bounded(this.model.weight(levels));
      this.weightOf.set(key, weight);
    }
    return weight;
  }

  private unpack(packed: number): Uint8Array {
    let levels = this.levelsOf.get(packed);
    if (levels === undefined) {
      levels = this.compared.comparer.packing.unpack(packed);
      this.levelsOf.set(packed, levels);
    }
    return levels;
  }
}

/** Keeps by field the better level, of those that are known; tells how much the pair agrees itself. */
function mergeClosest(best: Uint8Array, levels: Uint8Array): number {
  let agreement = 0;
  for (let field = 0; field < best.length; field++) {
    const level = levels[field] as number;
    if (level === 0) continue;
    const rank = rankOfLevel(level);
    agreement += 1 / (1 + rank);
    if (best[field] === 0 || rank < rankOfLevel(best[field]!)) best[field] = level;
  }
  return agreement;
}

function crossPairs(units: readonly (readonly number[])[]): { a: Uint32Array; b: Uint32Array } {
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < units.length; i++) {
    for (let j = i + 1; j < units.length; j++) {
      for (const one of units[i]!) {
        for (const other of units[j]!) {
          a.push(one);
          b.push(other);
        }
      }
    }
  }
  return { a: Uint32Array.from(a), b: Uint32Array.from(b) };
}
