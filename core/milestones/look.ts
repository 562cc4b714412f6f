import type { FoundCompletion } from './gremlin/read-completions';
import {
  completionsAmong,
  reconcile,
  withMilestones,
  type GraphEvent,
  type Judgement,
  type KnownMilestone,
  type Reconciliation,
} from './reconcile';
import type { MilestoneTrigger } from './trigger';
import type { TriggerIndex } from './trigger-index';

/** Milestones to look at, by customer. */
export type Looks = Map<string, Set<string>>;

/** What the graph has, by customer and milestone. */
export type Known = ReadonlyMap<string, readonly KnownMilestone[]>;

/** What a customer did and reached, and the attributes of the profiles. */
export interface CustomerJourney {
  readonly events: readonly GraphEvent[];
  readonly profiles: readonly ReadonlyMap<string, unknown>[];
}

/** What came of looking at a milestone of a customer. */
export interface LookedAt extends Reconciliation {
  readonly customerId: string;
  readonly milestone: string;
}

/** What is to be written of a milestone of a customer whose completions were found. */
export function lookedAt(
  trigger: MilestoneTrigger,
  customerId: string,
  completions: readonly FoundCompletion[],
  known: Known,
  judgement: Judgement,
): LookedAt {
  const { milestone } = trigger;
  const before = known.get(`${customerId}\n${milestone}`) ?? [];
  return { customerId, milestone, ...reconcile(trigger, customerId, completions, before, judgement) };
}

/** By what the customers did; what comes of one milestone is an event for those that are made of it. */
export function lookByJourneys(
  index: TriggerIndex,
  looks: Looks,
  known: Known,
  journeys: ReadonlyMap<string, CustomerJourney>,
  judgement: Judgement,
): LookedAt[] {
  const results: LookedAt[] = [];
  const events = new Map([...journeys].map(([customer, journey]) => [customer, journey.events]));
  for (const level of index.inLevels(new Set([...looks.values()].flatMap((names) => [...names])))) {
    for (const [customer, names] of looks) {
      const profiles = journeys.get(customer)?.profiles ?? [];
      for (const name of level) {
        const trigger = names.has(name) ? index.named(name) : undefined;
        if (trigger === undefined) continue;
        const happened = events.get(customer) ?? [];
        const completions = completionsAmong(trigger, happened, profiles);
        const result = lookedAt(trigger, customer, completions, known, judgement);
        events.set(customer, withMilestones(happened, result, judgement));
        results.push(result);
      }
    }
  }
  return results;
}
