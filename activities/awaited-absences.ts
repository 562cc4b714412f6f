import { awaitedSql } from '../core/milestones/sql/reached-sql';
import { reachedInLake } from '../core/milestones/sql/recompute-sql';
import { sourceOf } from '../core/milestones/sql/seen-sql';
import type { Lake, ReadOptions } from '../ports/lake';
import type { DueLook } from '../ports/trigger-store';
import type { MilestoneSpec } from '../schemas/milestone';

/**
 * Who is awaited not to do something, and when to look: what happened before anybody followed the graph is in the journeys
 * alone. Customers of whom the graph knows more are looked at at once.
 *
 * @param asOf epoch milliseconds
 * @param ahead the customers of whom the graph knows more than the journeys
 */
export async function awaitedAbsences(
  lake: Lake,
  spec: MilestoneSpec,
  asOf: number,
  ahead: ReadonlySet<string>,
  read: ReadOptions,
): Promise<DueLook[]> {
  if (spec.notFollowedBy === undefined) return [];
  const steps = await lake.rows<{ code: number; type: string }>('SELECT code, type FROM steps', read);
  const codes = new Map(steps.map(({ code, type }) => [type, Number(code)]));
  const source = sourceOf(spec, codes, reachedInLake(lake.dialect));
  const sql = awaitedSql({ spec, source, dialect: lake.dialect.milestones, asOf });
  const rows = await lake.rows<{ customer_id: string; due_at: bigint }>(sql, read);
  return rows.map(({ customer_id: customerId, due_at }) => ({
    customerId,
    milestone: spec.name,
    dueAt: ahead.has(customerId) ? 0 : Number(due_at),
  }));
}
