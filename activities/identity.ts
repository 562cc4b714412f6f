import { createHash } from 'node:crypto';
import { assignCustomerIds, DisjointSets, type ProfilesByAge } from '../core/identity/clusters';
import { currentProfilesSql, evidenceSql } from '../core/identity/rules-sql';
import { identityQueries } from '../core/identity/identity-sql';
import type { ColumnBatch, Lake } from '../ports/lake';
import type { IdentitySettings } from '../schemas/identity';
import { cancellation, whileAlive } from './context';

export interface ResolveIdentitiesResult {
  readonly profiles: number;
  readonly customers: number;
  /** Profiles that were given to a customer or moved to another. */
  readonly changes: number;
}

/** Rows handed to the lake at a time. */
const BATCH_ROWS = 65_536;

export function createIdentityActivities({ lake, identity }: { lake: Lake; identity: IdentitySettings }) {
  return {
    /** Ties profiles to customers by the deterministic rules. Unchanged profiles and rules change nothing. */
    async resolveIdentities(input: { businessDate: string }): Promise<ResolveIdentitiesResult> {
      return whileAlive({ stage: 'identity', unit: 'profiles', done: 0 }, async () => {
        const signal = cancellation();
        const version = await lake.version();
        const basis = await lake.tableVersion('profiles');
        const key = `identity:${basis}:${digest(identity)}`;
        await lake.commit(
          {
            key,
            series: 'identity',
            inputs: {
              assigned: {
                columns: { profile_id: 'VARCHAR', customer_id: 'VARCHAR' },
                batches: assignments(lake, identity, version, signal),
              },
            },
            ...identityQueries(identity, input.businessDate, batchName(basis, identity)),
          },
          { signal },
        );
        return countResult(lake, batchName(basis, identity));
      });
    },
  };
}

async function countResult(lake: Lake, batch: string): Promise<ResolveIdentitiesResult> {
  const [counts] = await lake.rows<Record<'profiles' | 'customers' | 'changes', bigint>>(
    `SELECT (SELECT count(*) FROM identities) AS profiles, (SELECT count(*) FROM customers) AS customers,
  (SELECT count(*) FROM identity_changes WHERE batch = $batch) AS changes`,
    { parameters: { batch } },
  );
  return {
    profiles: Number(counts?.profiles ?? 0),
    customers: Number(counts?.customers ?? 0),
    changes: Number(counts?.changes ?? 0),
  };
}

/** Evaluated only when the commit is really made. */
async function* assignments(
  lake: Lake,
  identity: IdentitySettings,
  version: number,
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  const profiles = await profilesByAge(lake, version, signal);
  const indexOf = new Map(profiles.ids.map((id, index) => [id, index]));
  const sets = new DisjointSets(profiles.ids.length);
  const evidence = `WITH current_profiles AS (${currentProfilesSql}) ${evidenceSql(identity)}`;
  for await (const { rows, columns } of lake.stream(evidence, { version, signal })) {
    for (let row = 0; row < rows; row++) {
      sets.union(
        indexOf.get(columns['profile_a']![row] as string)!,
        indexOf.get(columns['profile_b']![row] as string)!,
      );
    }
  }
  const customers = assignCustomerIds(profiles, sets);
  for (let start = 0; start < customers.length; start += BATCH_ROWS) {
    const profileIds = profiles.ids.slice(start, start + BATCH_ROWS);
    const customerIds = customers.slice(start, start + BATCH_ROWS);
    yield { rows: profileIds.length, columns: { profile_id: profileIds, customer_id: customerIds } };
  }
}

async function profilesByAge(lake: Lake, version: number, signal: AbortSignal): Promise<ProfilesByAge> {
  const sql = `SELECT profile_id, customer_id AS previous, 'c-' || left(md5(profile_id), 16) AS fresh_id
FROM (SELECT profile_id, min(seen_at) AS first_seen FROM profiles GROUP BY profile_id) AS known
LEFT JOIN identities USING (profile_id) ORDER BY first_seen, profile_id`;
  const profiles = { ids: [] as string[], previous: [] as (string | null)[], freshIds: [] as string[] };
  for await (const { rows, columns } of lake.stream(sql, { version, signal })) {
    for (let row = 0; row < rows; row++) {
      profiles.ids.push(columns['profile_id']![row] as string);
      profiles.previous.push(columns['previous']![row] as string | null);
      profiles.freshIds.push(columns['fresh_id']![row] as string);
    }
  }
  return profiles;
}

function batchName(basis: number, identity: IdentitySettings): string {
  // Zero-padded, so that batches sort in the order of the runs.
  return `identity-${String(basis).padStart(10, '0')}-${digest(identity)}`;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
