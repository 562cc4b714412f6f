import { predicate, sub, type Traversal } from '../../graph/traversal';

/**
 * Ids of customers that come after an id, in their order, so many at most: where one page ends the next begins, whoever
 * comes and goes meanwhile.
 */
export function customersAfter(id: string, most: number): Traversal {
  return [['V'], ['hasLabel', 'Customer'], ['id'], ['is', predicate('gt', id)], ['order'], ['limit', most]];
}

/** How many events, or milestones, there are of each type: one map. */
export function countsByType(label: 'Event' | 'Milestone'): Traversal {
  return [['V'], ['hasLabel', label], ['groupCount'], ['by', 'type']];
}

/** How many there are with a label. */
export function countOf(label: 'Customer' | 'Profile'): Traversal {
  return [['V'], ['hasLabel', label], ['count']];
}

/** When the first or the last event was, in epoch milliseconds; nothing where there are none. */
export function timeOfEvent(which: 'min' | 'max'): Traversal {
  return [['V'], ['hasLabel', 'Event'], ['values', 'ts'], [which]];
}

/** Ids of milestones of a name that nobody reached who still is, so many at most. */
export function reachedByNobody(name: string, most: number): Traversal {
  return [
    ['V'],
    ['hasLabel', 'Milestone'],
    ['has', 'name', name],
    ['not', sub(['in', 'REACHED'])],
    ['limit', most],
    ['id'],
  ];
}
