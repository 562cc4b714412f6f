import type { PropertyValue } from '../../graph/elements';
import type { Completion } from '../evaluate';
import type { StepEvidence } from '../milestone-elements';
import { MILESTONE_PREFIX } from '../pattern';

/** The steps of a milestone as they were found, and by what. */
export interface FoundCompletion {
  readonly completion: Completion;
  readonly evidence: readonly StepEvidence[];
}

/** What the traversal of a milestone's completions gave, in the order of time. */
export function readCompletions(results: readonly unknown[]): FoundCompletion[] {
  return results
    .map((result) => {
      const found = result as ReadonlyMap<string, unknown>;
      const evidence = found.get('evidence') as readonly ReadonlyMap<string, unknown>[];
      return {
        completion: chainOf(found.get('chain')),
        evidence: evidence.map((item) => ({ step: Number(item.get('step')), ...readHappened(item.get('event')) })),
      };
    })
    .sort((a, b) => a.completion.at(-1)!.at - b.completion.at(-1)!.at);
}

function chainOf(link: unknown): Completion {
  if (!(link instanceof Map)) return [];
  const { step, from, at, before } = Object.fromEntries(link) as Record<string, unknown>;
  return [...chainOf(before), { step: Number(step), from: Number(from), at: Number(at) }];
}

const OWN_PROPERTIES: readonly string[] = ['id', 'label', 'type', 'channel', 'ts'];

/**
 * What happened, as a step of a milestone. What a milestone took from events of its own is nobody else's attribute: the
 * lake knows of milestones by their times alone.
 */
export function readHappened(element: unknown): Omit<StepEvidence, 'step'> {
  const event = readEvent(element);
  return event.type.startsWith(MILESTONE_PREFIX) ? { ...event, attributes: {} } : event;
}

/** An event, or a milestone, from its element map. */
export function readEvent(element: unknown): Omit<StepEvidence, 'step'> {
  // The keys of id and label are tokens, which print as their names.
  const properties = new Map(
    [...(element as ReadonlyMap<unknown, unknown>)].map(([key, value]) => [String(key), value]),
  );
  const attributes = [...properties].filter(([name]) => !OWN_PROPERTIES.includes(name));
  return {
    id: String(properties.get('id')),
    type: String(properties.get('type')),
    channel: String(properties.get('channel')),
    at: Number(properties.get('ts')),
    attributes: Object.fromEntries(attributes) as Readonly<Record<string, PropertyValue>>,
  };
}
