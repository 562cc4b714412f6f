import { isRemoval } from '../graph/changes';
import type { GraphChange } from '../graph/elements';
import { isMilestoneId, milestoneKeyOf } from './milestone-id';
import { MILESTONE_PREFIX } from './pattern';

/** What changes of the graph mean for milestones, as far as they tell by themselves. */
export interface Touched {
  /** Ids of vertices of events that are new or changed, or that somebody else performed. */
  readonly events: ReadonlySet<string>;
  /** By event, the types that it had before: they wake what they woke then. */
  readonly formerTypes: ReadonlyMap<string, readonly string[]>;
  /** Customers who gained or lost a profile: all of their journey is another. */
  readonly customers: ReadonlySet<string>;
  /** By customer, milestones that were reached or taken back, as step types of others. */
  readonly milestones: ReadonlyMap<string, ReadonlySet<string>>;
  /** Profiles that changed customers: milestones of a customer who is no more hang on their events. */
  readonly moved: ReadonlySet<string>;
}

/**
 * Reads from changes of the graph whose milestones may be others now.
 *
 * @param wakes whether events of a type wake any stored query
 */
export function touchedBy(changes: readonly GraphChange[], wakes: (type: string) => boolean): Touched {
  const events = new Set<string>();
  const formerTypes = new Map<string, string[]>();
  const customers = new Set<string>();
  const milestones = new Map<string, Set<string>>();
  const moved = new Set<string>();
  const reach = (id: string) => {
    const { milestone, customerId } = milestoneKeyOf(id);
    const type = `${MILESTONE_PREFIX}${milestone}`;
    if (!wakes(type)) return;
    const types = milestones.get(customerId) ?? new Set();
    milestones.set(customerId, types.add(type));
  };
  for (const change of changes) {
    if (isRemoval(change)) {
      if (change.kind === 'remove-vertex' && isMilestoneId(change.id)) reach(change.id);
      if (change.from === undefined || change.to === undefined) continue;
      // Feeds that tell the label tell of every edge that a vertex takes with it, too.
      if (change.label !== undefined && change.label !== 'IDENTIFIED_AS') continue;
      customers.add(change.to);
      moved.add(change.from);
    } else if (change.kind === 'vertex') {
      if (change.label !== 'Event') continue;
      const former = change.replaced?.['type'];
      if (typeof former === 'string' && wakes(former)) {
        events.add(change.id);
        formerTypes.set(change.id, [...(formerTypes.get(change.id) ?? []), former]);
      }
      if (wakes(String(change.properties['type']))) events.add(change.id);
    } else if (change.label === 'PERFORMED') events.add(change.to);
    else if (change.label === 'IDENTIFIED_AS') customers.add(change.to);
    else if (change.label === 'REACHED') reach(change.to);
  }
  return { events, formerTypes, customers, milestones, moved };
}
