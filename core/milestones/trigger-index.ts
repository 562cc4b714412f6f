import { eventsOf, milestonesWithin, patternsOf } from './pattern';
import type { MilestoneTrigger } from './trigger';

/** The active stored queries by what wakes them: a thousand of them cost as much as those that are woken. */
export class TriggerIndex {
  private readonly byEvent = new Map<string, MilestoneTrigger[]>();
  private readonly byName: ReadonlyMap<string, MilestoneTrigger>;

  constructor(readonly triggers: readonly MilestoneTrigger[]) {
    this.byName = new Map(triggers.map((trigger) => [trigger.milestone, trigger]));
    for (const trigger of triggers) {
      for (const event of trigger.events) {
        const woken = this.byEvent.get(event);
        if (woken === undefined) this.byEvent.set(event, [trigger]);
        else woken.push(trigger);
      }
    }
  }

  wokenBy(type: string): readonly MilestoneTrigger[] {
    return this.byEvent.get(type) ?? [];
  }

  /** Milestones by how many others, one within the other, they are made of at most: the parts come first. */
  inLevels(milestones: Iterable<string>): string[][] {
    const levels: string[][] = [];
    for (const milestone of milestones) (levels[this.levelOf(milestone)] ??= []).push(milestone);
    return levels.filter((level) => level !== undefined);
  }

  private levelOf(milestone: string): number {
    const trigger = this.byName.get(milestone);
    if (trigger === undefined) return 0;
    return Math.max(0, ...milestonesWithin(trigger.spec).map((part) => this.levelOf(part) + 1));
  }

  named(milestone: string): MilestoneTrigger | undefined {
    return this.byName.get(milestone);
  }
}

/** What must be known of a customer to tell which of these milestones were reached. */
export function knowledgeFor(triggers: readonly MilestoneTrigger[]) {
  const of = (names: (trigger: MilestoneTrigger) => readonly string[]) => [...new Set(triggers.flatMap(names))].sort();
  return {
    types: of(({ spec }) => eventsOf(spec)),
    eventAttributes: of(({ spec }) => [
      ...patternsOf(spec).flatMap(({ attributes }) => Object.keys(attributes)),
      ...Object.values(spec.properties).flatMap(({ attribute }) => attribute ?? []),
    ]),
    profileAttributes: of(({ spec }) => Object.keys(spec.customers)),
  };
}
