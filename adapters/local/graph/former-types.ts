import { process as gremlin } from 'gremlin';
import type { GraphChange } from '../../../core/graph/elements';
import { pagesOf } from '../../gremlin/contents';
import type { ServerConnection } from '../../gremlin/server-connection';

const { t } = gremlin;

/** The types that changes give to events, by their ids. */
export function eventTypes(changes: readonly GraphChange[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const change of changes) {
    if (change.kind !== 'vertex' || change.label !== 'Event') continue;
    const { type } = change.properties;
    if (typeof type === 'string') types.set(change.id, type);
  }
  return types;
}

/**
 * Of events that are given types, those that have another one in the server: their ids, and the types they have. One
 * request asks of all types: most events are new, and cost nothing to look for, while requests do.
 */
export async function formerTypes(
  server: ServerConnection,
  types: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const former = new Map<string, string>();
  for (const page of pagesOf([...types.keys()])) {
    const known = await server.query<Map<string, unknown>>((g) =>
      g
        .V(...page)
        .hasLabel('Event')
        .has('type')
        .project('id', 'type')
        .by(t.id)
        .by('type'),
    );
    for (const row of known) {
      const [id, type] = [String(row.get('id')), String(row.get('type'))];
      if (type !== types.get(id)) former.set(id, type);
    }
  }
  return former;
}
