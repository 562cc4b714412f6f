import { createHash } from 'node:crypto';
import type { Lake, ReadOptions } from '../ports/lake';

export interface ComputedMilestone {
  readonly milestone: string;
  readonly version: string;
  /** How often it was reached, and by how many customers. */
  readonly reached: number;
  readonly customers: number;
}

/** The last computation of a milestone. */
export interface LastRun {
  readonly basis: string;
  readonly status: string;
}

/** By milestone, its last computation. */
export async function lastRuns(lake: Lake, read: ReadOptions): Promise<Map<string, LastRun>> {
  const rows = await lake.rows<{ milestone: string; basis: string; status: string }>(
    `SELECT milestone, basis, status FROM (
  SELECT milestone, basis, status, row_number() OVER (PARTITION BY milestone ORDER BY computed_at DESC, batch DESC) AS age
  FROM milestone_runs) AS runs WHERE age = 1 ORDER BY milestone`,
    read,
  );
  return new Map(rows.map(({ milestone, ...run }) => [milestone, run]));
}

/** What came of the computations whose batches are like a pattern of SQL. */
export async function runsLike(lake: Lake, batch: string, read: ReadOptions = {}): Promise<ComputedMilestone[]> {
  return lake.rows<ComputedMilestone>(
    `SELECT milestone, version, CAST(reached AS DOUBLE) AS reached, CAST(customers AS DOUBLE) AS customers FROM milestone_runs
WHERE batch LIKE $batch AND status = 'computed'`,
    { ...read, parameters: { batch } },
  );
}

/** Names a computation that is about to be made. Zero-padded, so that batches sort in the order of the computations. */
export async function batchOf(lake: Lake, madeFrom: unknown, read: ReadOptions): Promise<string> {
  const sql = 'SELECT CAST(count(DISTINCT batch) AS DOUBLE) AS runs FROM milestone_runs';
  const [made] = await lake.rows<{ runs: number }>(sql, read);
  return `milestones-${String((made?.runs ?? 0) + 1).padStart(6, '0')}-${digest(madeFrom)}`;
}

export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
