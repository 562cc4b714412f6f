import type { CustomerMilestones } from '../../../schemas/milestone-report';
import { readEvent } from './read-completions';

const KEPT_BY_HUB = ['name', 'version', 'content'];

/** Reads a milestone with its evidence, as `OF_MILESTONE` tells it. */
export function readMilestone(row: unknown): CustomerMilestones['milestones'][number] & { readonly id: string } {
  const found = row as ReadonlyMap<string, unknown>;
  const { id, at, attributes } = readEvent(found.get('milestone'));
  const properties = Object.entries(attributes).filter(([name]) => !KEPT_BY_HUB.includes(name));
  const evidence = (found.get('evidence') as ReadonlyMap<string, unknown>[]).map((item) => {
    const event = readEvent(item.get('event'));
    const { type, channel } = event;
    return { step: String(item.get('step')), event: event.id, type, channel, at: event.at };
  });
  return {
    id,
    milestone: String(attributes['name']),
    reachedAt: new Date(at).toISOString(),
    version: String(attributes['version']),
    // Longs are times.
    properties: Object.fromEntries(
      properties.map(([name, value]) => [
        name,
        typeof value === 'bigint' ? new Date(Number(value)).toISOString() : value,
      ]),
    ),
    evidence: evidence.sort((a, b) => a.at - b.at).map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
  };
}
