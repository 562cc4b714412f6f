/** Disjoint sets over 0…n-1 (union by size, path halving; Tarjan & van Leeuwen 1984). */
export class DisjointSets {
  private readonly parent: Uint32Array;
  private readonly size: Uint32Array;

  constructor(count: number) {
    this.parent = Uint32Array.from({ length: count }, (_, index) => index);
    this.size = new Uint32Array(count).fill(1);
  }

  find(item: number): number {
    let at = item;
    while (this.parent[at] !== at) {
      const grandparent = this.parent[this.parent[at]!]!;
      this.parent[at] = grandparent;
      at = grandparent;
    }
    return at;
  }

  union(a: number, b: number): void {
    const rootA = this.find(a);
    const rootB = this.find(b);
    if (rootA === rootB) return;
    const [small, big] = this.size[rootA]! < this.size[rootB]! ? [rootA, rootB] : [rootB, rootA];
    this.parent[small] = big;
    this.size[big]! += this.size[small]!;
  }

  /** By item: the smallest of its set. */
  smallest(): Uint32Array<ArrayBuffer> {
    const count = this.parent.length;
    const ofRoot = new Uint32Array(count).fill(count);
    const smallest = new Uint32Array(count);
    for (let item = 0; item < count; item++) {
      const root = this.find(item);
      if (ofRoot[root] === count) ofRoot[root] = item;
      smallest[item] = ofRoot[root] as number;
    }
    return smallest;
  }
}

/** What tells which component an index belongs to. */
export type Components = Pick<DisjointSets, 'find'>;

/** Profiles to be assigned, in the order of their age (oldest first), as parallel arrays. */
export interface ProfilesByAge {
  readonly ids: readonly string[];
  /** The customer each profile belongs to, by the last run or as was answered since; null for a new one. */
  readonly previous: readonly (string | null)[];
  /** 1 for a profile that a run has looked at; all those that have a customer when absent. */
  readonly isResolved?: Uint8Array | undefined;
  /** The id a customer gets whose oldest profile this is, should it need a new one. */
  readonly freshIds: readonly string[];
  /** Whether an id is that of a customer of profiles that are not among these; none is when absent. */
  readonly isTaken?: ((id: string) => boolean) | undefined;
}

/**
 * Gives every profile its customer id, so that ids are stable: a component keeps the previous id of which it holds the
 * most profiles (of equals the one with the oldest profile); a previous id whose profiles were split stays with the
 * part that holds the most of them (of equals the older part); what is left gets the fresh id of its oldest profile.
 *
 * @param sets the components, over indexes into the profiles
 * @returns the customer id of every profile, by index
 */
export function assignCustomerIds(profiles: ProfilesByAge, sets: Components): string[] {
  const claims = countClaims(profiles, sets);
  const idOf = new Map<number, string>();
  const taken = new Set<string>();
  for (const { component, previous } of claims) {
    if (idOf.has(component) || taken.has(previous)) continue;
    idOf.set(component, previous);
    taken.add(previous);
  }
  return profiles.ids.map((_, index) => {
    const component = sets.find(index);
    let id = idOf.get(component);
    if (id === undefined) {
      // The first profile met of a component is its oldest.
      id = freshId(profiles.freshIds[index]!, (wanted) => taken.has(wanted) || profiles.isTaken?.(wanted) === true);
      idOf.set(component, id);
      taken.add(id);
    }
    return id;
  });
}

interface Claim {
  readonly component: number;
  readonly previous: string;
  readonly oldest: number;
  profiles: number;
}

/** How many profiles of each previous customer each component holds, the strongest claim first. */
function countClaims({ previous }: ProfilesByAge, sets: Components): Claim[] {
  const claims = new Map<string, Claim>();
  previous.forEach((customer, index) => {
    if (customer === null) return;
    const component = sets.find(index);
    const key = `${component} ${customer}`;
    const claim = claims.get(key);
    if (claim === undefined) claims.set(key, { component, previous: customer, oldest: index, profiles: 1 });
    else claim.profiles++;
  });
  return [...claims.values()].sort((a, b) => b.profiles - a.profiles || a.oldest - b.oldest);
}

/** A previous customer may still hold the id that a split-off part would get: number the part then. */
function freshId(wanted: string, isTaken: (id: string) => boolean): string {
  let id = wanted;
  for (let part = 2; isTaken(id); part++) id = `${wanted}-${part}`;
  return id;
}
