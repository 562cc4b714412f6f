import { process as gremlin } from 'gremlin';
import type { GraphChange } from '../../../core/graph/elements';
import { pagesOf } from './contents';
import type { ServerConnection } from './gremlin-session';

const { P, t } = gremlin;

/** Ids of events, by the type that changes give them. */
export function eventsByType(changes: readonly GraphChange[]): Map<string, string[]> {
  const byType = new Map<string, string[]>();
  for (const change of changes) {
    if (change.kind !== 'vertex' || change.label !== 'Event') continue;
    const { type } = change.properties;
    if (typeof type !== 'string') continue;
    const same = byType.get(type);
    if (same === undefined) byType.set(type, [change.id]);
    else same.push(change.id);
  }
  return byType;
}

/** Of events that are given types, those that have another one in the server: their ids, and the types they have. */
export async function formerTypes(
  server: ServerConnection,
  byType: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, string>> {
  const former = new Map<string, string>();
  for (const [type, ids] of byType) {
    for (const page of pagesOf(ids)) {
      const others = await server.query<Map<string, unknown>>((g) =>
        g
          .V(...page)
          .hasLabel('Event')
          .has('type', P.neq(type))
          .project('id', 'type')
          .by(t.id)
          .by('type'),
      );
      for (const row of others) former.set(String(row.get('id')), String(row.get('type')));
    }
  }
  return former;
}
