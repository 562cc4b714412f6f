import type { Edge, GraphElement, PropertyValue } from '../graph/elements';
import type { Completion } from './evaluate';
import type { Milestone } from './milestone';
import { milestoneId } from './milestone-id';
import { MILESTONE_CHANNEL, MILESTONE_PREFIX } from './pattern';
import type { ReachedMilestone } from './reached';

/** An event, or a milestone, by which a step was found. */
export interface StepEvidence {
  /** The number of the step. */
  readonly step: number;
  /** The id of its vertex. */
  readonly id: string;
  readonly type: string;
  readonly channel: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** As the graph keeps them. */
  readonly attributes: Readonly<Record<string, PropertyValue>>;
}

/** What tells a milestone in the graph that is up to date from one that is not: the spec's version, and the steps. */
export function contentOf(version: string, completion: Completion): string {
  return `${version} ${completion.map(({ step, from, at }) => `${step}:${from}-${at}`).join(' ')}`;
}

/** A customer's milestone as elements of the graph: its vertex, who reached it, and by which events. */
export function milestoneElements(
  { spec, version }: Milestone,
  customerId: string,
  { reachedAt, completion }: ReachedMilestone,
  evidence: readonly StepEvidence[],
): GraphElement[] {
  const id = milestoneId(spec.name, customerId, reachedAt);
  const edges = evidence.map(({ step, id: event }): Edge => ({
    kind: 'edge',
    id: `evidenced:${id}:${step}:${event}`,
    label: 'EVIDENCED_BY',
    from: id,
    to: event,
    properties: { step: spec.steps[step]!.name },
  }));
  return [
    {
      kind: 'vertex',
      id,
      label: 'Milestone',
      properties: {
        ...propertiesOf({ spec, version }, evidence),
        type: `${MILESTONE_PREFIX}${spec.name}`,
        channel: MILESTONE_CHANNEL,
        ts: BigInt(reachedAt),
        name: spec.name,
        version,
        content: contentOf(version, completion),
      },
    },
    { kind: 'edge', id: `reached:${id}`, label: 'REACHED', from: customerId, to: id, properties: {} },
    ...edges,
  ];
}

/** What the milestone takes from its steps: of each the last event, and of those at one time the last by id. */
function propertiesOf({ spec }: Milestone, evidence: readonly StepEvidence[]): Record<string, PropertyValue> {
  const taken = Object.entries(spec.properties).flatMap(([name, { step, attribute, take }]) => {
    const index = spec.steps.findIndex((candidate) => candidate.name === step);
    const last = evidence
      .filter((event) => event.step === index)
      .reduce<StepEvidence | undefined>(
        (best, event) => (best === undefined || isLater(event, best) ? event : best),
        undefined,
      );
    if (last === undefined) return [];
    if (attribute === undefined) return [[name, takeFrom(last, take!)] as const];
    return Object.hasOwn(last.attributes, attribute) ? [[name, last.attributes[attribute]!] as const] : [];
  });
  return Object.fromEntries(taken);
}

function isLater(a: StepEvidence, b: StepEvidence): boolean {
  return a.at > b.at || (a.at === b.at && a.id > b.id);
}

function takeFrom(event: StepEvidence, what: 'channel' | 'type' | 'time'): PropertyValue {
  return what === 'time' ? BigInt(event.at) : event[what];
}
