import { identityFields } from '../identity/records/fields';
import { currentProfiles } from '../identity/resolution/rules-sql';
import { amongBatches, type PendingBatches } from '../lake/queries';
import { VERSION_ORDER } from '../identity/resolution/rules-sql';
import type { LakeDialect } from '../sql/lake-dialect';
import { attributeValue } from './attribute-value';
import type { GraphChange, Properties, PropertyValue } from './elements';
import { identifiedAs } from './identified-as';

/** A batch of rows by column, as the lake streams them. */
export interface Columns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
}

/** A query over the lake, and what each of its rows is in the graph. */
export interface ElementQuery {
  readonly sql: string;
  changes(batch: Columns): GraphChange[];
}

const PROFILE_PROPERTIES = ['source', ...identityFields] as const;

/**
 * What batches are in the graph: profiles, events and customers, then who performed and who is identified as whom, then
 * the customers that are gone. Ordered, so repeatable.
 */
export function journeyElements({ landed, identity }: PendingBatches, dialect: LakeDialect): ElementQuery[] {
  const {
    lastOf,
    milestones: { epochMs },
  } = dialect;
  const landing = amongBatches(landed);
  const events = `FROM events WHERE ${landing} ORDER BY source, event_id`;
  // Whose a profile was in the graph: as a resolution had it or, which it may not have known, as was answered meanwhile.
  const changed = `(SELECT profile_id, coalesce(${lastOf('from_customer', ['batch'])}, max(answered)) AS from_customer
  FROM identity_changes LEFT JOIN (
    SELECT profile_id, ${lastOf('customer_id', ['answered_at'])} AS answered FROM identity_answers GROUP BY profile_id
  ) AS answers USING (profile_id)
  WHERE ${amongBatches(identity)} GROUP BY profile_id)`;
  return [
    {
      sql: `SELECT profile_id, source, ${identityFields.map((field) => `CAST(${field} AS VARCHAR) AS ${field}`).join(', ')},
  ${epochMs('first_seen')} AS first_seen_ms, attributes, names
FROM (${currentProfiles(dialect)}) AS current_profiles LEFT JOIN (
  SELECT profile_id, ${lastOf('attributes', VERSION_ORDER)} AS attributes, ${dialect.jsonNames('attributes')} AS names
  FROM profiles GROUP BY profile_id
) AS newest USING (profile_id)
WHERE profile_id IN (SELECT profile_id FROM profiles WHERE ${landing}) ORDER BY profile_id`,
      changes: eachRow((row) => [profileVertex(row)]),
    },
    {
      sql: `SELECT source, event_id, type, channel, ${epochMs('occurred_at')} AS ts, attributes ${events}`,
      changes: eachRow((row) => [eventVertex(row)]),
    },
    {
      sql: `SELECT customer_id FROM customers
WHERE customer_id IN (SELECT customer_id FROM identities JOIN ${changed} USING (profile_id)) ORDER BY customer_id`,
      changes: eachRow((row) => [{ kind: 'vertex', id: text(row('customer_id')), label: 'Customer', properties: {} }]),
    },
    { sql: `SELECT source, event_id, profile_id ${events}`, changes: eachRow((row) => [performedEdge(row)]) },
    {
      sql: `SELECT profile_id, customer_id, method, rule, confidence, from_customer
FROM identities JOIN ${changed} USING (profile_id) ORDER BY profile_id`,
      changes: eachRow(identifiedEdge),
    },
    {
      // Also those that a profile left on its way, when it moved more than once.
      sql: `SELECT DISTINCT customer_id FROM (
  SELECT from_customer AS customer_id FROM identity_changes WHERE ${amongBatches(identity)}
  UNION ALL SELECT customer_id FROM identity_answers WHERE profile_id IN (SELECT profile_id FROM ${changed} AS changed)
) AS left_behind
WHERE customer_id IS NOT NULL AND customer_id NOT IN (SELECT customer_id FROM customers) ORDER BY 1`,
      changes: eachRow((row) => [{ kind: 'remove-vertex', id: text(row('customer_id')) }]),
    },
  ];
}

/** How many changes the queries will give, about, as a query with the column `expected`. */
export function expectedChangesSql({ landed, identity }: PendingBatches): string {
  return `SELECT (SELECT count(DISTINCT profile_id) FROM profiles WHERE ${amongBatches(landed)})
  + (SELECT 2 * count(*) FROM events WHERE ${amongBatches(landed)})
  + (SELECT count(*) + count(DISTINCT to_customer) FROM identity_changes WHERE ${amongBatches(identity)}) AS expected`;
}

type Row = (column: string) => unknown;

function eachRow(changesOf: (row: Row) => GraphChange[]): ElementQuery['changes'] {
  return ({ rows, columns }) =>
    Array.from({ length: rows }, (_, index) => changesOf((column) => columns[column]?.[index])).flat();
}

function profileVertex(row: Row): GraphChange {
  const properties: Record<string, PropertyValue> = {
    // What is not told any more is taken away.
    ...Object.fromEntries((JSON.parse(text(row('names') ?? '[]')) as string[]).map((name) => [name, null])),
    ...attributesOf(row),
    first_seen: row('first_seen_ms') as bigint,
  };
  for (const name of PROFILE_PROPERTIES) {
    const value = row(name);
    if (value !== null) properties[name] = text(value);
  }
  return { kind: 'vertex', id: text(row('profile_id')), label: 'Profile', properties };
}

function eventVertex(row: Row): GraphChange {
  const properties: Properties = {
    ...attributesOf(row),
    type: text(row('type')),
    channel: text(row('channel')),
    ts: row('ts') as bigint,
    source: text(row('source')),
  };
  return { kind: 'vertex', id: eventVertexId(row), label: 'Event', properties };
}

/** What else a source tells, by name; what the hub itself keeps under the same name goes before. */
function attributesOf(row: Row): Record<string, PropertyValue> {
  const attributes = row('attributes');
  if (attributes === null) return {};
  const told = Object.entries(JSON.parse(text(attributes)) as Record<string, unknown>);
  return Object.fromEntries(told.map(([name, value]) => [name, attributeValue(text(value))]));
}

function performedEdge(row: Row): GraphChange {
  const to = eventVertexId(row);
  return { kind: 'edge', id: `performed:${to}`, label: 'PERFORMED', from: text(row('profile_id')), to, properties: {} };
}

function identifiedEdge(row: Row): GraphChange[] {
  const tie = { method: text(row('method')), rule: text(row('rule')), confidence: Number(row('confidence')) };
  const before = row('from_customer');
  return identifiedAs(text(row('profile_id')), text(row('customer_id')), tie, before === null ? null : text(before));
}

/** A source's name has no slash, and profiles' ids have a colon after it: the two never meet. */
function eventVertexId(row: Row): string {
  return `${text(row('source'))}/${text(row('event_id'))}`;
}

function text(value: unknown): string {
  return String(value);
}
