import type { GraphChange } from '../../graph/elements';
import { identifiedAs, type Tie } from '../../graph/identified-as';
import { among, sub, type Traversal } from '../../graph/traversal';
import type { ComparedRecord } from '../index/profile-resolver';
import type { PairExplanation } from '../model/explain-pair';
import { identityFields } from '../records/fields';

/** How a profile is tied that was resolved as it came to be known; the next resolution of the lake decides anew. */
export const REAL_TIME = 'real-time';

/** A profile as the graph has it. */
export interface GraphProfile {
  readonly id: string;
  readonly source: string;
  /** What it tells of the person, by field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whose it is, where that was answered before. */
  readonly customer?: string | undefined;
}

/** Whose a profile is, as the real-time resolver answered. */
export interface AnsweredProfile {
  readonly profile: GraphProfile;
  /** Whether nobody else is the customer that it was. */
  readonly leaves: boolean;
  readonly customer: string;
  /** "deterministic: NAME" of a rule, "probabilistic", or "alone" for somebody new. */
  readonly rule: string;
  readonly confidence: number;
  /** What speaks for it, as the resolver told it. */
  readonly evidence: readonly object[];
}

/** What speaks for an answer, as a link between two profiles. */
export interface AnsweredLink {
  readonly profile: string;
  readonly other: string;
  readonly method: 'deterministic' | 'probabilistic';
  readonly rule: string;
  readonly probability: number;
  readonly waterfall: PairExplanation;
}

const BY_RULE = 'deterministic: ';

/**
 * The links that an answer rests on.
 *
 * @param evidence the records that the profile was compared with, as JSON
 */
export function linksOfAnswer({
  profile_id: profile,
  rule: told,
  confidence,
  evidence,
}: Record<'profile_id' | 'rule' | 'evidence', string> & { readonly confidence: number }): AnsweredLink[] {
  const isByRule = told.startsWith(BY_RULE);
  return (JSON.parse(evidence) as ComparedRecord[]).map(
    ({ recordId: other, prior, comparisons, weight, probability }) => ({
      profile,
      other,
      method: isByRule ? 'deterministic' : 'probabilistic',
      rule: isByRule ? told.slice(BY_RULE.length) : 'model',
      probability: isByRule ? confidence : probability,
      waterfall: { prior, comparisons, weight, probability },
    }),
  );
}

/** What a resolution of the lake decided of a profile. */
export interface Decided extends Tie {
  readonly profile_id: string;
  readonly customer_id: string;
}

/** The profiles changed of late, by their ids. */
export function gatherProfiles(profiles: Set<string>, changes: readonly GraphChange[]): void {
  for (const change of changes) if (change.kind === 'vertex' && change.label === 'Profile') profiles.add(change.id);
}

/** What is not in the graph any more, customers among it, by its ids. */
export function gatherRemoved(removed: Set<string>, changes: readonly GraphChange[]): void {
  for (const change of changes) if (change.kind === 'remove-vertex') removed.add(change.id);
}

/** Of the vertices with the ids `profiles` those that no resolution of the lake has tied: `profile`, and `customers`. */
export const UNRESOLVED: Traversal = [
  ['V', { parameter: 'profiles' }],
  ['hasLabel', 'Profile'],
  ['not', sub(['outE', 'IDENTIFIED_AS'], ['has', 'method', among('without', [REAL_TIME])])],
  ['project', 'profile', 'customers'],
  ['by', sub(['elementMap', 'source', ...identityFields])],
  ['by', sub(['out', 'IDENTIFIED_AS'], ['id'], ['fold'])],
];

/** Of the customers with the ids `customers`: `customer`, and the `profiles` of each with their source. */
export const SOURCES: Traversal = [
  ['V', { parameter: 'customers' }],
  ['hasLabel', 'Customer'],
  ['project', 'customer', 'profiles'],
  ['by', { token: 'id' }],
  ['by', sub(['in', 'IDENTIFIED_AS'], ['elementMap', 'source'], ['fold'])],
];

/** A row of `UNRESOLVED`. */
export function readGraphProfile(row: ReadonlyMap<string, unknown>): GraphProfile {
  const { id, source, ...told } = elementOf(row.get('profile'));
  const fields = identityFields.flatMap((name) => (told[name] === undefined ? [] : [[name, told[name]] as const]));
  const [customer] = row.get('customers') as string[];
  return { id: id!, source: source ?? '', fields: Object.fromEntries(fields), customer };
}

/** Rows of `SOURCES`: by customer, the sources of its profiles by their ids. */
export function readSources(rows: readonly ReadonlyMap<string, unknown>[]): Map<string, Map<string, string>> {
  return new Map(
    rows.map((row) => {
      const profiles = (row.get('profiles') as unknown[]).map(elementOf);
      return [String(row.get('customer')), new Map(profiles.map(({ id, source }) => [id!, source ?? '']))];
    }),
  );
}

/** The properties of an element map as text, with `id`. The keys of id and label are tokens, which print as their names. */
function elementOf(element: unknown): Record<string, string | undefined> {
  const properties = [...(element as ReadonlyMap<unknown, unknown>)];
  return Object.fromEntries(properties.map(([name, value]) => [String(name), String(value)]));
}

/** What answers change in the graph: customers that are new, who is whose, and customers who are nobody any more. */
export function answeredElements(answers: readonly AnsweredProfile[]): GraphChange[] {
  const moving = answers.filter(({ profile, customer }) => profile.customer !== customer);
  const fresh = new Set(moving.filter(({ rule }) => rule === 'alone').map(({ customer }) => customer));
  const vertices = [...fresh].map((id) => ({ kind: 'vertex', id, label: 'Customer', properties: {} }) as const);
  const edges = moving.flatMap(({ profile, customer, rule, confidence }) =>
    identifiedAs(profile.id, customer, { method: REAL_TIME, rule, confidence }, profile.customer),
  );
  const left = new Set(moving.flatMap(({ profile, leaves }) => (leaves ? [profile.customer!] : [])));
  return [...vertices, ...edges, ...[...left].map((id) => ({ kind: 'remove-vertex', id }) as const)];
}

/** What puts decisions in the place of answers: who is whose, and customers whom only the answer made. */
export function correctedElements(
  answers: readonly AnsweredProfile[],
  decided: ReadonlyMap<string, Decided>,
): GraphChange[] {
  const wrong = answers.flatMap(({ profile, customer, rule }) => {
    const own = decided.get(profile.id);
    return own === undefined ? [] : [{ profile, customer, rule, own }];
  });
  const ties = wrong.flatMap(({ profile, customer, own }) => [
    { kind: 'vertex', id: own.customer_id, label: 'Customer', properties: {} } as const,
    ...identifiedAs(profile.id, own.customer_id, own, customer),
  ]);
  const made = wrong.filter(({ customer, rule, own }) => rule === 'alone' && customer !== own.customer_id);
  const removed = made.map(({ customer }) => ({ kind: 'remove-vertex', id: customer }) as const);
  return [...ties, ...removed];
}
