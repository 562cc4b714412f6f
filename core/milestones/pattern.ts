import type { AttributeCondition, EventPattern, MilestoneSpec } from '../../schemas/milestone';
import { attributeValue } from '../graph/attribute-value';

/** Names a milestone among step types. */
export const MILESTONE_PREFIX = 'milestone:';
/** The channel of milestones that are steps of others. */
export const MILESTONE_CHANNEL = 'milestone';

/** An interaction of a customer, or a milestone that the customer reached, as far as milestones are concerned. */
export interface JourneyEvent {
  readonly id: string;
  readonly type: string;
  readonly channel: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Whether an event is one of those that a pattern means. */
export function fits(event: JourneyEvent, { events, channels, attributes }: EventPattern): boolean {
  if (!events.includes(event.type)) return false;
  if (channels.length > 0 && !channels.includes(event.channel)) return false;
  return Object.entries(attributes).every(([name, condition]) => {
    const text = Object.hasOwn(event.attributes, name) ? event.attributes[name] : undefined;
    return text !== undefined && holds(attributeValue(text), condition);
  });
}

function holds(value: string | number, condition: AttributeCondition): boolean {
  const { gt, gte, lt, lte } = condition;
  if (condition.in !== undefined && !condition.in.some((wanted) => sameValue(value, wanted))) return false;
  if (condition.notIn?.some((unwanted) => sameValue(value, unwanted)) === true) return false;
  if (gt === undefined && gte === undefined && lt === undefined && lte === undefined) return true;
  return (
    typeof value === 'number' &&
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

function sameValue(value: string | number, wanted: string | number): boolean {
  return value === (typeof wanted === 'string' ? attributeValue(wanted) : wanted);
}

/** The values of a list as they are compared: texts that are numbers as such. */
export function valuesOf(list: readonly (string | number)[]): { readonly texts: string[]; readonly numbers: number[] } {
  const values = list.map((item) => (typeof item === 'string' ? attributeValue(item) : item));
  return {
    texts: values.filter((value) => typeof value === 'string'),
    numbers: values.filter((value) => typeof value === 'number'),
  };
}

/** The steps that may come right before a step: the one before it, and those before optional ones. */
export function stepsBefore(spec: MilestoneSpec, step: number): number[] {
  const before: number[] = [];
  for (let index = step - 1; index >= 0; index--) {
    before.push(index);
    if (!spec.steps[index]!.optional) break;
  }
  return before;
}

/** All patterns of a milestone. */
export function patternsOf({ steps, notBefore, notFollowedBy }: MilestoneSpec): EventPattern[] {
  return [...steps, ...(notBefore ? [notBefore] : []), ...(notFollowedBy ? [notFollowedBy] : [])];
}

/** Every step type that a milestone names, milestones among them, once. */
export function eventsOf(spec: MilestoneSpec): string[] {
  return [...new Set(patternsOf(spec).flatMap(({ events }) => events))];
}

/** The milestones that a milestone is made of. */
export function milestonesWithin(spec: MilestoneSpec): string[] {
  return milestonesAmong(eventsOf(spec));
}

/** The milestones among step types, by name. */
export function milestonesAmong(events: readonly string[]): string[] {
  return events
    .filter((event) => event.startsWith(MILESTONE_PREFIX))
    .map((event) => event.slice(MILESTONE_PREFIX.length));
}
