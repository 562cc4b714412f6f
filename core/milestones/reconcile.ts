import { attributeValue } from '../graph/attribute-value';
import type { GraphChange } from '../graph/elements';
import { completionsOf } from './evaluate';
import type { FoundCompletion } from './gremlin/read-completions';
import { contentOf, milestoneElements, type StepEvidence } from './milestone-elements';
import { milestoneId, milestoneKeyOf } from './milestone-id';
import { fits, type JourneyEvent } from './pattern';
import { reachedBy, type ReachedMilestone } from './reached';
import type { MilestoneTrigger } from './trigger';

/** An event, or a milestone, as it was read from the graph. */
export type GraphEvent = Omit<StepEvidence, 'step'>;

/** A milestone of a customer as the graph has it. */
export interface KnownMilestone {
  readonly id: string;
  readonly content: string;
  /** By how many events it is evidenced: more may have happened at the same times. */
  readonly evidence: number;
}

export interface Reconciliation {
  /** Removals first. */
  readonly changes: readonly GraphChange[];
  /** Ids of milestones that were reached, and of those that are taken back. */
  readonly reached: readonly string[];
  readonly retracted: readonly string[];
  /** Ids of others that were not found, and are left to somebody else. */
  readonly left: readonly string[];
  /** All that was found, whether the graph has it or not, in the order of time. */
  readonly found: readonly ReachedMilestone[];
  /** When to look again though nothing happens, in epoch milliseconds. */
  readonly nextDue: number | undefined;
}

/** Until when everything is known, and which milestones are made what was found. Times are epoch milliseconds. */
export interface Judgement {
  readonly asOf: number;
  /** Whether one that was reached at a time is written where it was found; by default any. */
  readonly writes?: (reachedAt: number) => boolean;
  /** Whether one that was reached at a time is taken back where it was not found; by default any. */
  readonly retracts?: (reachedAt: number) => boolean;
}

/**
 * What has to change in the graph for a customer's milestones of one name to be those that were found. It does not
 * matter what was known before, nor in which order things became known.
 */
export function reconcile(
  trigger: MilestoneTrigger,
  customerId: string,
  found: readonly FoundCompletion[],
  known: readonly KnownMilestone[],
  { asOf, writes = () => true, retracts = () => true }: Judgement,
): Reconciliation {
  const { spec, version } = trigger;
  const evidence = new Map(found.map((each) => [each.completion, each.evidence]));
  const { reached, nextDue } = reachedBy(spec, [...evidence.keys()], asOf);
  const others = new Map(known.map((milestone) => [milestone.id, milestone]));
  const stale: string[] = [];
  const missing = reached.filter(({ reachedAt, completion }) => {
    const id = milestoneId(spec.name, customerId, reachedAt);
    const before = others.get(id);
    others.delete(id);
    const isSame =
      before?.content === contentOf(version, completion) && before.evidence === evidence.get(completion)!.length;
    if (isSame || !writes(reachedAt)) return false;
    if (before !== undefined) stale.push(id);
    return true;
  });
  const isRetracted = (id: string) => retracts(milestoneKeyOf(id).reachedAt);
  const wrong = [...stale, ...[...others.keys()].filter(isRetracted)];
  return {
    changes: [
      ...wrong.map((id): GraphChange => ({ kind: 'remove-vertex', id })),
      ...missing.flatMap((each) => milestoneElements(trigger, customerId, each, evidence.get(each.completion)!)),
    ],
    reached: missing.map(({ reachedAt }) => milestoneId(spec.name, customerId, reachedAt)),
    retracted: wrong,
    left: [...others.keys()].filter((id) => !isRetracted(id)),
    found: reached,
    nextDue,
  };
}

/**
 * A customer's events as they are when a reconciliation has been written. Of milestones that were not found, those are no evidence either
 * that stay only since they were reached after the time that is judged of.
 */
export function withMilestones(
  events: readonly GraphEvent[],
  { changes, retracted, left }: Reconciliation,
  { writes = () => true }: Judgement,
): readonly GraphEvent[] {
  const gone = new Set([...retracted, ...left.filter((id) => writes(milestoneKeyOf(id).reachedAt))]);
  if (changes.length + gone.size === 0) return events;
  const kept = events.filter(({ id }) => !gone.has(id));
  const added = changes.flatMap((change): GraphEvent[] => {
    if (change.kind !== 'vertex') return [];
    const { type, channel, ts } = change.properties;
    return [{ id: change.id, type: String(type), channel: String(channel), at: Number(ts), attributes: {} }];
  });
  return [...kept, ...added];
}

/**
 * The completions of a milestone among events that were read from the graph, with their evidence: what the stored
 * traversal finds, for many customers at a time.
 */
export function completionsAmong(
  { spec }: MilestoneTrigger,
  events: readonly GraphEvent[],
  profiles: readonly ReadonlyMap<string, unknown>[],
): FoundCompletion[] {
  const isMeant = Object.entries(spec.customers).every(([name, values]) =>
    profiles.some((profile) => values.some((value) => attributeValue(value) === profile.get(name))),
  );
  if (!isMeant) return [];
  const journey = events.map((event): JourneyEvent & { readonly origin: GraphEvent } => {
    const texts = Object.entries(event.attributes).map(([name, value]) => [name, String(value)]);
    return { ...event, attributes: Object.fromEntries(texts) as Record<string, string>, origin: event };
  });
  const byTime = journey.sort((a, b) => a.at - b.at);
  const fitting = spec.steps.map((step) => byTime.filter((event) => fits(event, step)));
  return completionsOf(spec, journey).map((completion) => ({
    completion,
    evidence: completion.flatMap(({ step, from, at }) =>
      fitting[step]!.slice(firstAfter(fitting[step]!, from - 1), firstAfter(fitting[step]!, at)).map(({ origin }) => ({
        step,
        ...origin,
      })),
    ),
  }));
}

/** Where in events that are ordered by time those after a time (whole milliseconds) begin. */
function firstAfter(events: readonly { readonly at: number }[], time: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.at > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
