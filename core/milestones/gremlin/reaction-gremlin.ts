import { among, sub, type Traversal } from '../../graph/traversal';

/** Of the vertices of events with the ids `events`: `id`, `type`, and who performed them, `customers`. */
export const PERFORMERS: Traversal = [
  ['V', { parameter: 'events' }],
  ['hasLabel', 'Event'],
  ['project', 'id', 'type', 'customers'],
  ['by', { token: 'id' }],
  ['by', 'type'],
  ['by', sub(['in', 'PERFORMED'], ['out', 'IDENTIFIED_AS'], ['id'], ['fold'])],
];

/** Of the customers with the ids `customers` those who did more than so many things. */
export function busierThan(events: number): Traversal {
  return [
    ['V', { parameter: 'customers' }],
    ['filter', sub(['in', 'IDENTIFIED_AS'], ['out', 'PERFORMED'], ['range', events, events + 1])],
    ['id'],
  ];
}

/** What the customers with the ids `customers` reached: `customer`, `name`, `id`, `content` and how much `evidence`. */
export const REACHED: Traversal = [
  ['V', { parameter: 'customers' }],
  ['as', 'customer'],
  ['out', 'REACHED'],
  ['hasLabel', 'Milestone'],
  ['project', 'customer', 'name', 'id', 'content', 'evidence'],
  ['by', sub(['select', 'customer'], ['id'])],
  ['by', 'name'],
  ['by', { token: 'id' }],
  ['by', 'content'],
  ['by', sub(['outE', 'EVIDENCED_BY'], ['count'])],
];

/** Ids of milestones that hang on events of the profiles `profiles`, and that nobody reached who still is. */
export const LEFT_BEHIND: Traversal = [
  ['V', { parameter: 'profiles' }],
  ['out', 'PERFORMED'],
  ['repeat', sub(['in', 'EVIDENCED_BY'])],
  ['emit'],
  ['hasLabel', 'Milestone'],
  ['not', sub(['in', 'REACHED'])],
  ['id'],
  ['dedup'],
];

/**
 * Of the customers with the ids `customers`: what they did and reached, `events` as element maps, and the attributes of
 * their `profiles`.
 */
export function journeysTraversal(
  types: readonly string[],
  eventAttributes: readonly string[],
  profileAttributes: readonly string[],
): Traversal {
  return [
    ['V', { parameter: 'customers' }],
    ['hasLabel', 'Customer'],
    ['project', 'customer', 'events', 'profiles'],
    ['by', { token: 'id' }],
    [
      'by',
      sub(
        ['union', sub(['in', 'IDENTIFIED_AS'], ['out', 'PERFORMED']), sub(['out', 'REACHED'])],
        ['has', 'type', among('within', types)],
        ['elementMap', 'type', 'channel', 'ts', ...eventAttributes],
        ['fold'],
      ),
    ],
    // Without a name all properties would be told.
    ['by', sub(['in', 'IDENTIFIED_AS'], ['elementMap', 'source', ...profileAttributes], ['fold'])],
  ];
}

/** Of a milestone: its element map as `milestone`, and its `evidence` by `step`. */
const WITH_EVIDENCE: Traversal = [
  ['project', 'milestone', 'evidence'],
  ['by', sub(['elementMap'])],
  [
    'by',
    sub(
      ['outE', 'EVIDENCED_BY'],
      ['project', 'step', 'event'],
      ['by', 'step'],
      ['by', sub(['inV'], ['elementMap', 'type', 'channel', 'ts'])],
      ['fold'],
    ),
  ],
];

/** Of the customer with the id `customer`: the ids of all `milestones`. */
export const OF_CUSTOMER: Traversal = [
  ['V', { parameter: 'customer' }],
  ['hasLabel', 'Customer'],
  ['project', 'milestones'],
  ['by', sub(['out', 'REACHED'], ['hasLabel', 'Milestone'], ['id'], ['fold'])],
];

/** The milestones of the vertices with the id, or the ids, `milestone`, with their evidence. */
export const OF_MILESTONE: Traversal = [['V', { parameter: 'milestone' }], ['hasLabel', 'Milestone'], ...WITH_EVIDENCE];
