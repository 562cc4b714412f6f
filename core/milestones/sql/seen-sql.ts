import type { MilestoneSpec } from '../../../schemas/milestone';
import type { MilestoneDialect } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import { MILESTONE_CHANNEL, MILESTONE_PREFIX, eventsOf, milestonesWithin, patternsOf } from '../pattern';
import { attributeColumns, attributesOf, hasOneOfSql } from './condition-sql';

/** Where a milestone's query finds what happened. */
export interface MilestoneSource {
  readonly kind: 'words' | 'events';
  /** How the column `letter` names a step type, as SQL. */
  readonly letterOf: (event: string) => string;
  /** The code of a step type, where journeys are words. */
  readonly codeOf?: (event: string) => number;
  /** Who reached another milestone when, as a query: `customer_id`, `reached_at` in epoch milliseconds. */
  readonly reached: (milestone: string) => string;
}

/**
 * Where to look for a milestone: words hold all but attributes.
 *
 * @param codes the alphabet of the words; every step type that the milestone names is in it
 * @param reached who reached the milestones that it is made of
 */
export function sourceOf(
  spec: MilestoneSpec,
  codes: ReadonlyMap<string, number>,
  reached: MilestoneSource['reached'],
): MilestoneSource {
  if (attributesOf(spec).length > 0) return { kind: 'events', letterOf: literal, reached };
  // Milestones get codes below those of step types.
  const milestones = milestonesWithin(spec);
  const codeOf = (event: string) => codes.get(event) ?? -1 - milestones.indexOf(event.slice(MILESTONE_PREFIX.length));
  return { kind: 'words', letterOf: (event) => String(codeOf(event)), codeOf, reached };
}

/** What happened as far as a milestone names it: `customer_id`, `letter`, `at_ms`, `channel`, and columns of attributes. */
export function seenSql({
  spec,
  source,
  dialect,
}: {
  spec: MilestoneSpec;
  source: MilestoneSource;
  dialect: MilestoneDialect;
}): string {
  const names = eventsOf(spec);
  const events = names.filter((name) => !name.startsWith(MILESTONE_PREFIX));
  const milestones = names.filter((name) => name.startsWith(MILESTONE_PREFIX));
  const parts = [
    ...(events.length === 0 ? [] : [interactionsSql(spec, source, dialect, events)]),
    ...(milestones.length === 0 ? [] : [milestonesSql(spec, source, milestones)]),
  ];
  const all = parts.join(' UNION ALL ');
  if (Object.keys(spec.customers).length === 0) return all;
  return `SELECT * FROM (${all}) AS anybody WHERE customer_id IN (${customersSql(spec, dialect)})`;
}

function interactionsSql(
  spec: MilestoneSpec,
  source: MilestoneSource,
  dialect: MilestoneDialect,
  events: readonly string[],
): string {
  const letters = events.map(source.letterOf).join(', ');
  if (source.kind === 'words') {
    const asksChannels = patternsOf(spec).some(({ channels }) => channels.length > 0);
    const steps = dialect.stepsOfJourneysWith(requiredCodes(spec, source.codeOf!), asksChannels);
    return `SELECT customer_id, code AS letter, at_ms, channel FROM (${steps}) AS step WHERE code IN (${letters})`;
  }
  const columns = attributeColumns(attributesOf(spec), dialect).map((column) => `, ${column}`);
  return `SELECT customer_id, type AS letter, ${dialect.epochMs('occurred_at')} AS at_ms, channel${columns.join('')}
FROM events JOIN identities ON identities.profile_id = events.profile_id WHERE type IN (${letters})`;
}

/** Of every step that must be there, the codes that it may have. */
function requiredCodes(spec: MilestoneSpec, codeOf: (event: string) => number): number[][] {
  return spec.steps
    .filter(({ optional }) => !optional)
    .map(({ events }) => events.map(codeOf))
    .filter((codes) => codes.every((code) => code >= 0));
}

function milestonesSql(spec: MilestoneSpec, source: MilestoneSource, milestones: readonly string[]): string {
  const { letterOf, reached } = source;
  const none = attributesOf(spec).map(
    (name) => `, CAST(NULL AS VARCHAR) AS t_${name}, CAST(NULL AS DOUBLE) AS n_${name}`,
  );
  return milestones
    .map(
      (event) => `SELECT customer_id, ${letterOf(event)} AS letter, reached_at AS at_ms,
  ${literal(MILESTONE_CHANNEL)} AS channel${none.join('')}
FROM (${reached(event.slice(MILESTONE_PREFIX.length))}) AS reached`,
    )
    .join(' UNION ALL ');
}

/** Customers of whom every attribute has one of the values on one of their profiles, as the profile is now. */
function customersSql({ customers }: MilestoneSpec, dialect: MilestoneDialect): string {
  const newest = `SELECT profile_id, attributes,
    row_number() OVER (PARTITION BY profile_id ORDER BY seen_at DESC, file DESC, file_row DESC) AS age FROM profiles`;
  const having = Object.entries(customers).map(
    ([name, values]) => `max(CASE WHEN ${hasOneOfSql(name, values, dialect)} THEN 1 ELSE 0 END) = 1`,
  );
  return `SELECT customer_id FROM (${newest}) AS newest
  JOIN identities ON identities.profile_id = newest.profile_id WHERE age = 1 GROUP BY customer_id HAVING ${having.join(' AND ')}`;
}
