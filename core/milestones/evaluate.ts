import type { EventPattern, MilestoneSpec, MilestoneStep } from '../../schemas/milestone';
import { fits, stepsBefore, type JourneyEvent } from './pattern';

/** A step as it was found on a journey; times are epoch milliseconds. */
export interface StepMatch {
  /** Which of the milestone's steps. */
  readonly step: number;
  /** When its first event was: before `at` only where several events make the step. */
  readonly from: number;
  /** When its last event was. */
  readonly at: number;
}

/** The steps of a milestone as they were found, from the first to the last. */
export type Completion = readonly StepMatch[];

/** A moment of a step: `from` its first event `at` its last. */
export interface Moment {
  readonly from: number;
  readonly at: number;
}

/** The best way to a moment of a step: the one that started last. */
export interface Way extends StepMatch {
  readonly start: number;
  readonly before: Way | undefined;
}

/** How a journey goes through a milestone's steps. */
export interface MilestoneWalk {
  /** By step: its moments, and those of them that there is a way to. */
  readonly steps: readonly { readonly moments: readonly Moment[]; readonly ways: readonly Way[] }[];
  /** Of the ways to the last step those that took no longer than the whole may. */
  readonly inTime: readonly Way[];
  /** Of these, those that what must not follow does not follow. */
  readonly completed: readonly Way[];
}

/**
 * Where a journey completes a milestone's steps: what the compilers to SQL and Gremlin must find, and nothing else.
 *
 * Events of the same millisecond are one moment, and none of them follows another; so the order in which events arrive
 * never matters. A step that asks for n events is a moment together with the n events up to it. A completion is a
 * moment of the last step that can be reached from some moment of the first one by way of the others, with all windows
 * kept. Of several ways the one that started last counts, then the one whose last step but one is the latest, and so on.
 *
 * @param events of one customer, in any order
 * @returns in the order of time
 */
export function completionsOf(spec: MilestoneSpec, events: readonly JourneyEvent[]): Completion[] {
  return walk(spec, events).completed.map(chainOf);
}

/** How a journey goes through a milestone's steps, as `completionsOf` defines it. */
export function walk(spec: MilestoneSpec, events: readonly JourneyEvent[]): MilestoneWalk {
  const steps: { moments: Moment[]; ways: Way[] }[] = [];
  spec.steps.forEach((step, index) => {
    const moments = momentsOf(step, events);
    const ways =
      index === 0
        ? firstWays(spec, moments, events)
        : nextWays(
            spec,
            index,
            moments,
            steps.map((earlier) => earlier.ways),
          );
    steps.push({ moments, ways });
  });
  const inTime = steps.at(-1)!.ways.filter(({ at, start }) => spec.within === undefined || at - start <= spec.within);
  return { steps, inTime, completed: notFollowed(spec, inTime, events) };
}

function momentsOf(step: MilestoneStep, events: readonly JourneyEvent[]): Moment[] {
  const times = timesOf(step, events);
  const moments = [...new Set(times)];
  const { atLeast } = step;
  if (atLeast === undefined) return moments.map((at) => ({ from: at, at }));
  return moments.flatMap((at) => {
    const from = times[times.lastIndexOf(at) - atLeast.count + 1];
    return from === undefined || at - from > atLeast.within ? [] : [{ from, at }];
  });
}

/** When the events that fit were, in order. */
function timesOf(pattern: EventPattern, events: readonly JourneyEvent[]): number[] {
  return events
    .filter((event) => fits(event, pattern))
    .map(({ at }) => at)
    .sort((a, b) => a - b);
}

function firstWays({ notBefore }: MilestoneSpec, moments: readonly Moment[], events: readonly JourneyEvent[]): Way[] {
  const unwanted = notBefore === undefined ? [] : timesOf(notBefore, events);
  const longest = notBefore?.within ?? Infinity;
  return moments
    .filter(({ from }) => !unwanted.some((time) => time < from && from - time <= longest))
    .map((moment) => ({ step: 0, ...moment, start: moment.from, before: undefined }));
}

function nextWays(
  spec: MilestoneSpec,
  step: number,
  moments: readonly Moment[],
  ways: readonly (readonly Way[])[],
): Way[] {
  const longest = spec.steps[step]!.within ?? Infinity;
  const before = stepsBefore(spec, step).flatMap((index) => ways[index]!);
  return moments.flatMap((moment) => {
    let best: Way | undefined;
    for (const way of before) {
      if (way.at >= moment.from || moment.from - way.at > longest) continue;
      if (best === undefined || isBetter(way, best)) best = way;
    }
    return best === undefined ? [] : [{ step, ...moment, start: best.start, before: best }];
  });
}

function isBetter(a: Way, b: Way): boolean {
  return (a.start - b.start || a.at - b.at || a.step - b.step) > 0;
}

function notFollowed(
  { notFollowedBy }: MilestoneSpec,
  ways: readonly Way[],
  events: readonly JourneyEvent[],
): readonly Way[] {
  if (notFollowedBy === undefined) return ways;
  const unwanted = timesOf(notFollowedBy, events);
  return ways.filter(({ at }) => !unwanted.some((time) => time > at && time - at <= notFollowedBy.within));
}

/** The steps on a way, the first one first. */
export function chainOf(way: Way): Completion {
  const { step, from, at, before } = way;
  return [...(before === undefined ? [] : chainOf(before)), { step, from, at }];
}
