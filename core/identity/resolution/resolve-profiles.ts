import { assignCustomerIds, type ProfilesByAge } from '../clustering/clusters';
import { contradiction } from './assertions';
import { explainPair } from '../model/explain-pair';
import { FirmSets, type ApartConstraints, type ProfilePair } from '../clustering/firm-sets';
import { identityChanges, type ChangeKind } from './identity-changes';
import type { ComparableRecords } from '../comparison/kernel-comparer';
import type { Learning } from '../link';
import { bounded } from '../clustering/link-records';
import { linkUnits } from '../clustering/link-units';
import { probabilityOf, type MatchModel } from '../model/match-model';
import { UnitWeights } from '../clustering/unit-weights';

export const linkMethods = ['manual', 'deterministic', 'probabilistic'] as const;
export type LinkMethod = (typeof linkMethods)[number];

/** What speaks for, or against, two profiles being one person. */
export interface IdentityEdge {
  readonly a: number;
  readonly b: number;
  readonly method: LinkMethod;
  readonly rule: string;
  /** Log2 odds by the model; null where there is none. */
  readonly weight: number | null;
  readonly probability: number;
  /** The level of agreement of every field of the model, separated by commas; null where there is none. */
  readonly levels: string | null;
  /** The weight taken apart by comparison, as JSON of a `PairExplanation`; null where there is no model. */
  readonly waterfall: string | null;
}

/** Profiles that share the key of a rule, as a star, all of one star in a row and stars in the order of the rules. */
export interface RuleEvidence {
  readonly rule: string;
  readonly confidence: number;
  /** The profile in the middle of the star, and one around it. */
  readonly a: number;
  readonly b: number;
}

export interface KnownProfiles {
  readonly profiles: ProfilesByAge;
  readonly constraints: ApartConstraints;
  readonly mustLink: readonly ProfilePair[];
  readonly evidence: Iterable<RuleEvidence>;
  /** What held profiles together before that are not in question: they are not weighed again. */
  readonly settledLinks?: readonly IdentityEdge[] | undefined;
  /** What the model is that tells the rest; absent where too little is known to learn one. */
  readonly learned?: LearnedModel | undefined;
}

export interface LearnedModel {
  /** The profiles, by their number. */
  readonly compared: ComparableRecords;
  readonly linkage: Pick<Learning, 'pairs' | 'vectors' | 'model'>;
  readonly threshold: number;
}

export interface ResolvedProfiles {
  /** By profile. */
  readonly customers: readonly string[];
  readonly changes: readonly (ChangeKind | undefined)[];
  readonly edges: readonly IdentityEdge[];
}

/**
 * Ties profiles to customers with stable ids. What somebody said goes first, then the deterministic rules, then the
 * model; nothing joins what somebody holds apart.
 *
 * @throws HubError IDENTITY_ASSERTIONS_CONTRADICT
 */
export function resolveProfiles(known: KnownProfiles): ResolvedProfiles {
  const { profiles, constraints, learned } = known;
  const firm = new FirmSets(profiles.ids.length, constraints.cannotLink);
  const asserted = assertedLinks(firm, known);
  keepSettled(firm, known);
  const links = [...asserted, ...ruleLinks(firm, known)];
  const edges =
    learned === undefined ? links : [...withWeights(links, learned), ...modelLinks(firm, constraints, learned)];
  const customers = assignCustomerIds(profiles, firm);
  const kept = linksThatStay(known, customers, edges);
  return { customers, changes: identityChanges(profiles, customers), edges: [...edges, ...kept] };
}

/** Earlier links of settled profiles that are still of one customer, but for those that were found again. */
function linksThatStay(
  { settledLinks = [] }: KnownProfiles,
  customers: readonly string[],
  edges: readonly IdentityEdge[],
): IdentityEdge[] {
  if (settledLinks.length === 0) return [];
  const nameOf = ({ a, b, method, rule }: IdentityEdge) =>
    JSON.stringify([Math.min(a, b), Math.max(a, b), method, rule]);
  const found = new Set(edges.map(nameOf));
  return settledLinks.filter((link) => customers[link.a] === customers[link.b] && !found.has(nameOf(link)));
}

function assertedLinks(firm: FirmSets, { profiles, constraints, mustLink }: KnownProfiles): IdentityEdge[] {
  const link = ([a, b]: ProfilePair, rule: string, probability: number): IdentityEdge => {
    return { a, b, method: 'manual', rule, weight: null, probability, levels: null, waterfall: null };
  };
  for (const [a, b] of mustLink) {
    if (!firm.union(a, b)) throw contradiction(profiles.ids[a]!, profiles.ids[b]!);
  }
  return [
    ...mustLink.map((pair) => link(pair, 'must-link', 1)),
    ...constraints.cannotLink.map((pair) => link(pair, 'cannot-link', 0)),
  ];
}

/** Profiles that are not in question stay together as they are. */
function keepSettled(firm: FirmSets, { profiles, constraints: { settled } }: KnownProfiles): void {
  const firstOf = new Map<string, number>();
  profiles.previous.forEach((customer, profile) => {
    if (customer === null || settled?.[profile] !== 1) return;
    const first = firstOf.get(customer);
    if (first === undefined) firstOf.set(customer, profile);
    else firm.union(first, profile);
  });
}

/** A star whose middle is held apart from some around it becomes several. */
function ruleLinks(firm: FirmSets, { constraints: { settled }, evidence }: KnownProfiles): IdentityEdge[] {
  const edges: IdentityEdge[] = [];
  let star: RuleEvidence | undefined;
  let middles: number[] = [];
  for (const row of evidence) {
    if (star === undefined || row.rule !== star.rule || row.a !== star.a) [star, middles] = [row, [row.a]];
    const { b, rule, confidence } = row;
    const isSettled = settled?.[b] === 1;
    const middle = middles.find((one) => {
      const mayTell = !isSettled || settled?.[one] !== 1 || firm.find(one) === firm.find(b);
      return mayTell && firm.union(one, b);
    });
    if (middle === undefined) middles.push(b);
    else
      edges.push({
        a: middle,
        b,
        method: 'deterministic',
        rule,
        weight: null,
        probability: confidence,
        levels: null,
        waterfall: null,
      });
  }
  return edges;
}

/** What the model would say of links that others made: a rule that errs is found by it. */
function withWeights(edges: readonly IdentityEdge[], { compared, linkage }: LearnedModel): IdentityEdge[] {
  const { comparer } = compared;
  const packed = comparer.compare(
    Uint32Array.from(edges, ({ a }) => a),
    Uint32Array.from(edges, ({ b }) => b),
  );
  const known = new Map<number, Weighed>();
  return edges.map((edge, index) => {
    const vector = packed[index] as number;
    let weighed = known.get(vector);
    if (weighed === undefined)
      known.set(vector, (weighed = weighedLevels(comparer.packing.unpack(vector), linkage.model)));
    return { ...edge, ...weighed };
  });
}

/** What a model says of levels of agreement. */
type Weighed = Pick<IdentityEdge, 'weight' | 'levels' | 'waterfall'>;

function weighedLevels(levels: Uint8Array, model: MatchModel): Weighed {
  const waterfall = JSON.stringify(explainPair(model, levels));
  return { weight: bounded(model.weight(levels)), levels: levels.join(), waterfall };
}

function modelLinks(firm: FirmSets, constraints: ApartConstraints, learned: LearnedModel): IdentityEdge[] {
  const { compared, linkage, threshold } = learned;
  const weights = new UnitWeights(compared, linkage.model);
  const known = new Map<string, Weighed>();
  return linkUnits(firm, linkage, weights, constraints, threshold).map(({ a, b, weight, levels }) => {
    const vector = levels.join();
    let weighed = known.get(vector);
    if (weighed === undefined) known.set(vector, (weighed = weighedLevels(levels, linkage.model)));
    return { a, b, method: 'probabilistic', rule: 'model', probability: probabilityOf(weight!), ...weighed };
  });
}
