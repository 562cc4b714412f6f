import { changeKinds, type ChangeKind } from './identity-changes';
import { linkMethods, type LinkMethod, type ResolvedProfiles } from './resolve-profiles';

/** One change of many, to give an idea of them. */
export interface ExampleChange {
  readonly profile: string;
  readonly kind: ChangeKind;
  readonly from: string | null;
  readonly to: string;
}

/** What a resolution comes to. */
export interface ResolutionSummary {
  readonly profiles: number;
  readonly customers: number;
  /** Profiles that were looked at. */
  readonly lookedAt: number;
  /** Profiles that are given to a customer or moved to another. */
  readonly changes: number;
  readonly changesByKind: Readonly<Record<ChangeKind, number>>;
  /** Links between profiles of one customer that were looked at, by what made them. */
  readonly links: Readonly<Record<LinkMethod, number>>;
  /** The first changes of customers that were there before. */
  readonly examples: readonly ExampleChange[];
}

const MOST_EXAMPLES = 20;

export function summariseResolution(resolved: Resolved): ResolutionSummary {
  const { customers, changes, edges, totals } = resolved;
  const count = (kind: ChangeKind) => changes.filter((change) => change === kind).length;
  const held = edges.filter(({ a, b }) => customers[a] === customers[b]);
  return {
    ...totals,
    lookedAt: customers.length,
    changes: changes.filter((change) => change !== undefined).length,
    changesByKind: recordOf(changeKinds, count),
    links: recordOf(linkMethods, (method) => held.filter((edge) => edge.method === method).length),
    examples: examplesOf(resolved),
  };
}

interface Resolved extends ResolvedProfiles {
  readonly profileIds: readonly string[];
  readonly previous: readonly (string | null)[];
  readonly totals: ResolutionTotals;
}

/** How many there are of all, looked at or not. */
export interface ResolutionTotals {
  readonly profiles: number;
  readonly customers: number;
}

function examplesOf({ profileIds, previous, customers, changes }: Resolved): ExampleChange[] {
  const examples: ExampleChange[] = [];
  for (let index = 0; index < changes.length && examples.length < MOST_EXAMPLES; index++) {
    const kind = changes[index];
    if (kind === undefined || kind === 'new') continue;
    examples.push({ profile: profileIds[index]!, kind, from: previous[index]!, to: customers[index]! });
  }
  return examples;
}

function recordOf<Name extends string>(names: readonly Name[], value: (name: Name) => number): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, number>;
}
