import type { Traversal } from '../graph/traversal';
import type { MilestoneSpec } from '../../schemas/milestone';
import { completionsTraversal } from './gremlin/completions-gremlin';
import type { Milestone } from './milestone';
import { eventsOf } from './pattern';

/** A milestone as a stored graph query, with what wakes it. */
export interface MilestoneTrigger {
  readonly milestone: string;
  readonly version: string;
  readonly spec: MilestoneSpec;
  /** Finds the milestone's completions of one customer: `completionsTraversal`. */
  readonly traversal: Traversal;
  /** Step types whose events wake it. */
  readonly events: readonly string[];
  /** Epoch milliseconds. */
  readonly storedAt: number;
}

/** All that triggers are but when they were stored, whatever order they are in: equal for those that fire alike. */
export function meaningOf(triggers: readonly MilestoneTrigger[]): string {
  return JSON.stringify(triggers.map((trigger) => JSON.stringify({ ...trigger, storedAt: undefined })).sort());
}

/** What is stored of a milestone for it to fire as the graph changes. */
export function triggerOf({ spec, version }: Milestone, storedAt: number): MilestoneTrigger {
  const attributes = Object.values(spec.properties).flatMap(({ attribute }) => attribute ?? []);
  return {
    milestone: spec.name,
    version,
    spec,
    traversal: completionsTraversal(spec, [...new Set(attributes)].sort()),
    events: spec.trigger?.events ?? eventsOf(spec),
    storedAt,
  };
}
