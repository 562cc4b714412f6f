import fc from 'fast-check';
import { consumed } from '../../../activities/pending-batches';
import { encodeJourneysQueries } from '../../../core/journeys/encode-sql';
import { lakeTables, type LakeTable } from '../../../core/lake/tables';
import { literal } from '../../../core/sql/quote';
import type { Lake } from '../../../ports/lake';

/** An event as a source told it; its place in `file` is its row number. */
export interface LandedEvent {
  readonly customer: string;
  readonly profile: number;
  readonly file: string;
  readonly at: number;
  readonly type: string;
  readonly channel: string;
}

export const landedEvents: fc.Arbitrary<LandedEvent[]> = fc.array(
  fc.record({
    customer: fc.constantFrom('c-1', 'c-2', "c-'3'", 'c-4'),
    profile: fc.integer({ min: 1, max: 2 }),
    file: fc.constantFrom('a.csv', 'b.csv'),
    at: fc.integer({ min: 0, max: 4 }),
    type: fc.constantFrom('bill', 'call', 'churn', "it's 😀"),
    channel: fc.constantFrom('web', 'app'),
  }),
  { minLength: 1, maxLength: 40 },
);

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const profileOf = ({ customer, profile }: LandedEvent) => `${customer}/${profile}`;

/** Lands events, and whose they are, as a batch. A profile that is known already keeps its customer. */
export async function land(lake: Lake, batch: string, events: readonly LandedEvent[]): Promise<void> {
  const rows = events.map((event, row) => ({
    batch: literal(batch),
    event_id: literal(`${batch}-${row}`),
    source: literal('s'),
    type: literal(event.type),
    channel: literal(event.channel),
    occurred_at: `TIMESTAMP ${literal(new Date(START_MS + event.at * 1000).toISOString().slice(0, -1))}`,
    profile_id: literal(profileOf(event)),
    file: literal(`${batch}/${event.file}`),
    file_row: String(row),
  }));
  const profiles = new Map(events.map((event) => [profileOf(event), event.customer]));
  await lake.commit({
    key: `events ${batch}`,
    writes: [
      { table: 'events', mode: 'append', select: selectRows('events', rows) },
      {
        table: 'files',
        mode: 'append',
        select: selectRows(
          'files',
          [...new Set(events.map(({ file }) => file))].map((file) => ({
            batch: literal(batch),
            source: literal('s'),
            path: literal(`${batch}/${file}`),
          })),
        ),
      },
      {
        table: 'identities',
        mode: 'append',
        select: `SELECT * FROM (${selectRows(
          'identities',
          [...profiles].map(([id, customer]) => ({ profile_id: literal(id), customer_id: literal(customer) })),
        )}) WHERE profile_id NOT IN (SELECT profile_id FROM identities)`,
      },
    ],
  });
}

/** Encodes the journeys that a landed batch concerns. */
export async function encode(lake: Lake, batch: string, parts = 1): Promise<void> {
  const pending = { landed: [batch], identity: [] };
  const key = `journeys ${batch}`;
  const { writes, ...queries } = encodeJourneysQueries(pending, parts, key, lake.dialect);
  const taken = consumed('journeys', [batch]);
  await lake.commit({ key, ...queries, ...taken, writes: [...writes, ...taken.writes] });
}

/** Rows of a table, with NULL in every column left out. */
export function selectRows(table: LakeTable, rows: readonly Readonly<Record<string, string>>[]): string {
  return rows.map((row) => selectColumns(table, row)).join(' UNION ALL ');
}

/** A query for a table's columns by expressions, NULL for every column left out. */
export function selectColumns(table: LakeTable, columns: Readonly<Record<string, string>>, from?: string): string {
  const all = Object.entries(lakeTables[table]).map(
    ([name, type]) => `(${columns[name] ?? 'NULL'})::${type} AS ${name}`,
  );
  return `SELECT ${all.join(', ')}${from === undefined ? '' : ` FROM ${from}`}`;
}

/** The journeys by the plainest means: by time; equal times by file, then by row. */
export function naiveJourneysOf(
  events: readonly LandedEvent[],
): Map<string, { steps: string[]; channels: string[]; times: number[] }> {
  const rows = events.map((event, row) => ({ ...event, row }));
  rows.sort((a, b) => a.at - b.at || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.row - b.row));
  const journeys = new Map<string, { steps: string[]; channels: string[]; times: number[] }>();
  for (const { customer, type, channel, at } of rows) {
    const journey = journeys.get(customer) ?? { steps: [], channels: [], times: [] };
    journey.steps.push(type);
    journey.channels.push(channel);
    journey.times.push(START_MS + at * 1000);
    journeys.set(customer, journey);
  }
  return journeys;
}
