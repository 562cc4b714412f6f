import type { PropertyType } from './graph-contract';
import { sub, type Traversal, type TraversalStep } from './traversal';

/** A view over several steps in the graph, which the connector's joins would be slow to take. */
export interface GraphView {
  readonly name: string;
  readonly description: string;
  /**
   * In the order of the traversal's rows. All but texts must be in every row: the connector fails on a number that is
   * missing.
   */
  readonly columns: Readonly<Record<string, PropertyType>>;
  readonly traversal: Traversal;
}

type ViewColumn = readonly [name: string, type: PropertyType, from: string, property: string];

const customerJourneys = view(
  'customer_journeys',
  "Customers' events: who, by which profile, what, where and when (ts in epoch milliseconds)",
  [
    ['V'],
    ['hasLabel', 'Customer'],
    ['as', 'customer'],
    ['in', 'IDENTIFIED_AS'],
    ['as', 'profile'],
    ['out', 'PERFORMED'],
    ['as', 'event'],
  ],
  [
    ['customer', 'String', 'customer', 'id'],
    ['profile', 'String', 'profile', 'id'],
    ['event', 'String', 'event', 'id'],
    ['type', 'String', 'event', 'type'],
    ['channel', 'String', 'event', 'channel'],
    ['ts', 'Long', 'event', 'ts'],
    ['source', 'String', 'event', 'source'],
  ],
);

const milestoneEvidence = view(
  'milestone_evidence',
  'Milestones that customers reached, a row for each event, or other milestone, by which (times in epoch milliseconds)',
  [
    ['V'],
    ['hasLabel', 'Customer'],
    ['as', 'customer'],
    ['out', 'REACHED'],
    ['as', 'milestone'],
    ['outE', 'EVIDENCED_BY'],
    ['as', 'evidence'],
    ['inV'],
    ['as', 'event'],
  ],
  [
    ['customer', 'String', 'customer', 'id'],
    ['milestone', 'String', 'milestone', 'id'],
    ['name', 'String', 'milestone', 'name'],
    ['version', 'String', 'milestone', 'version'],
    ['reached_at', 'Long', 'milestone', 'ts'],
    ['step', 'String', 'evidence', 'step'],
    ['event', 'String', 'event', 'id'],
    ['event_type', 'String', 'event', 'type'],
    ['event_channel', 'String', 'event', 'channel'],
    ['event_ts', 'Long', 'event', 'ts'],
  ],
);

export const graphViews: readonly GraphView[] = [customerJourneys, milestoneEvidence];

function view(name: string, description: string, path: Traversal, columns: readonly ViewColumn[]): GraphView {
  const by = columns.map(([, , from, property]): TraversalStep => {
    const taken: TraversalStep = property === 'id' ? ['id'] : ['values', property];
    return ['by', sub(['select', from], taken)];
  });
  return {
    name,
    description,
    columns: Object.fromEntries(columns.map(([column, type]) => [column, type])),
    traversal: [...path, ['project', ...columns.map(([column]) => column)], ...by],
  };
}
