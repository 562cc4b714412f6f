import type { MilestoneSpec } from '../../schemas/milestone';
import { traversalText } from '../graph/traversal';
import type { MilestoneDialect } from '../sql/dialects';
import { literal } from '../sql/quote';
import { reachedSql } from './sql/reached-sql';
import { triggerOf } from './trigger';

/** What a milestone is compiled to, for people to read. */
export interface CompiledMilestone {
  readonly sql: string;
  readonly gremlin: string;
  /** What wakes the stored query. */
  readonly events: readonly string[];
}

/** The queries of a milestone as they would be run now, its step types by name instead of by their codes. */
export function explainedQueries(spec: MilestoneSpec, dialect: MilestoneDialect): CompiledMilestone {
  const trigger = triggerOf({ spec, version: '' }, 0);
  const sql = reachedSql({
    spec,
    dialect,
    asOf: 0,
    source: {
      kind: 'events',
      letterOf: literal,
      reached: (name) => `SELECT customer_id, ${dialect.epochMs('reached_at')} AS reached_at
FROM milestones WHERE milestone = ${literal(name)}`,
    },
  });
  return { sql, gremlin: traversalText(trigger.traversal), events: trigger.events };
}
