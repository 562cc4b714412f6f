import { DisjointSets } from './clusters';

/** Two profiles, by number. */
export type ProfilePair = readonly [a: number, b: number];

/**
 * Profiles that must not be one customer: pairs that somebody held apart, and profiles of a source that knows every
 * person once.
 */
export interface ApartConstraints {
  /** Never in one set, whatever speaks for it. */
  readonly cannotLink: readonly ProfilePair[];
  /** By profile: the number of its source if that knows every person once, from 1; 0 for others. */
  readonly uniqueSource: Uint8Array;
  /** By profile: 1 for one whose customer is not in question. Two such profiles speak for no link. None is such when absent. */
  readonly settled?: Uint8Array | undefined;
}

/**
 * Sets of profiles that were joined for good. A union that would bring two profiles together that are held apart is
 * refused, also where they would only meet by way of others (constrained clustering: Wagstaff & Cardie 2000).
 */
export class FirmSets {
  private readonly sets: DisjointSets;
  private readonly partners = new Map<number, number[]>();
  /** By set, its profiles that are held apart from others; of most sets there are none. */
  private readonly held = new Map<number, number[]>();

  constructor(count: number, cannotLink: readonly ProfilePair[]) {
    this.sets = new DisjointSets(count);
    for (const [a, b] of cannotLink) {
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        this.partners.set(one, [...(this.partners.get(one) ?? []), other]);
        this.held.set(one, [one]);
      }
    }
  }

  find(profile: number): number {
    return this.sets.find(profile);
  }

  /** False when the two are held apart; they stay as they were then. */
  union(a: number, b: number): boolean {
    if (this.find(a) === this.find(b)) return true;
    if (!this.mayJoin(a, b)) return false;
    const held = [...(this.held.get(this.find(a)) ?? []), ...(this.held.get(this.find(b)) ?? [])];
    this.sets.union(a, b);
    if (held.length > 0) this.held.set(this.find(a), held);
    return true;
  }

  /** Whether the sets of two profiles may become one. */
  mayJoin(a: number, b: number): boolean {
    const [rootA, rootB] = [this.find(a), this.find(b)];
    if (rootA === rootB) return true;
    const held = this.held.get(rootA) ?? [];
    return !held.some((profile) => this.partners.get(profile)!.some((partner) => this.find(partner) === rootB));
  }
}
