import type { EventPattern, MilestoneSpec } from '../../schemas/milestone';
import { chainOf, walk, type Moment } from './evaluate';
import { eventsOf, fits, type JourneyEvent } from './pattern';
import { reachedBy, type MilestonesOfCustomer } from './reached';

/** One condition of a milestone, and what a journey has to say to it. Times are epoch milliseconds. */
export interface ExplainedCondition {
  readonly condition: string;
  /** When events that fit were; of what must not happen, when it did. */
  readonly fitting: readonly number[];
  /** Of the moments until here, those that hold. */
  readonly kept: readonly number[];
}

export interface ExplainedMilestone extends MilestonesOfCustomer {
  /** Step types of the journey that the milestone does not name: they do not matter to it. */
  readonly unnamed: readonly string[];
  readonly conditions: readonly ExplainedCondition[];
}

/**
 * Tells condition by condition why a journey reaches a milestone, or does not.
 *
 * @param asOf epoch milliseconds until which everything that happened is known
 */
export function explainMilestone(
  spec: MilestoneSpec,
  events: readonly JourneyEvent[],
  asOf: number,
): ExplainedMilestone {
  const { steps, inTime, completed } = walk(spec, events);
  const times = (pattern: EventPattern) => events.filter((event) => fits(event, pattern)).map(({ at }) => at);
  const conditions = spec.steps.flatMap((step, index): ExplainedCondition[] => {
    const { moments, ways } = steps[index]!;
    const own = { condition: stepText(spec, index), fitting: times(step), kept: ways.map(atOf) };
    if (index > 0 || spec.notBefore === undefined) return [own];
    const { notBefore } = spec;
    return [
      { ...own, kept: moments.map(atOf) },
      {
        condition: `none before it of ${patternText(notBefore)}${windowText(notBefore.within)}`,
        fitting: times(notBefore),
        kept: own.kept,
      },
    ];
  });
  if (spec.within !== undefined) {
    conditions.push({ condition: `all within ${durationText(spec.within)}`, fitting: [], kept: inTime.map(atOf) });
  }
  if (spec.notFollowedBy !== undefined) {
    const { within } = spec.notFollowedBy;
    const condition = `none after it of ${patternText(spec.notFollowedBy)}${windowText(within)}`;
    conditions.push({ condition, fitting: times(spec.notFollowedBy), kept: completed.map(atOf) });
  }
  const named = eventsOf(spec);
  const unnamed = [...new Set(events.map(({ type }) => type))].filter((type) => !named.includes(type));
  return { conditions, unnamed, ...reachedBy(spec, completed.map(chainOf), asOf) };
}

function atOf({ at }: Moment): number {
  return at;
}

function stepText(spec: MilestoneSpec, index: number): string {
  const { name, optional, atLeast, within, ...pattern } = spec.steps[index]!;
  return [
    `${name}: `,
    optional ? 'perhaps ' : '',
    atLeast === undefined ? '' : `${atLeast.count} within ${durationText(atLeast.within)} of `,
    patternText(pattern),
    within === undefined ? '' : `, ${durationText(within)} after the step before at most`,
  ].join('');
}

function patternText({ events, channels, attributes }: EventPattern): string {
  const conditions = Object.entries(attributes).map(
    ([name, condition]) => ` with ${name} ${JSON.stringify(condition)}`,
  );
  return [events.join(' or '), channels.length === 0 ? '' : ` on ${channels.join(' or ')}`, ...conditions].join('');
}

function windowText(ms: number | undefined): string {
  return ms === undefined ? '' : ` within ${durationText(ms)}`;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** A length of time in the largest units that tell it exactly, e.g. `1d12h`. */
export function durationText(ms: number): string {
  let rest = ms;
  const parts = UNITS.map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${name}`;
  });
  return parts.join('') || '0d';
}
