import type { JourneyFrequencyQuestion, JourneyTreeNode } from '../../../schemas/frequency';
import { journeysOf, type EventRow } from './reference';

const HOUR_MS = 3_600_000;

/** A journey by the plainest means. Steps are read from the event of interest outwards. */
export interface NaiveJourney {
  readonly customer: string;
  readonly at: number;
  readonly outwards: readonly string[];
  readonly repeats: readonly number[];
  readonly durationMs: number;
  readonly goesOn: boolean;
}

/** Whether a customer with these rows is in the question's segment. */
export function isInSegment(rows: readonly EventRow[], { segment }: JourneyFrequencyQuestion): boolean {
  const had = new Set(rows.map(({ event }) => event));
  const from = Date.parse(segment.activeFrom ?? '1900-01-01');
  const until = Date.parse(segment.activeUntil ?? '2900-01-01');
  return (
    segment.had.every((step) => had.has(step)) &&
    !segment.hadNot.some((step) => had.has(step)) &&
    rows.some(({ time }) => time >= from && time < until)
  );
}

/** Every journey of the question, in the order of customers and time. */
export function naiveJourneys(rows: readonly EventRow[], question: JourneyFrequencyQuestion): NaiveJourney[] {
  return [...journeysOf(rows).values()]
    .filter((own) => isInSegment(own, question))
    .flatMap((own) => anchorsOf(own, question).map((anchor) => journeyAt(own, anchor, question)))
    .filter(({ outwards }) => passes(outwards, question));
}

function anchorsOf(rows: readonly EventRow[], question: JourneyFrequencyQuestion): number[] {
  const { channels, from, until } = question.anchor;
  const types = question.groups[question.event] ?? [question.event];
  const isEvent = ({ event }: EventRow) => types.includes(event);
  const fits = (row: EventRow) =>
    isEvent(row) &&
    (channels.length === 0 || channels.includes(row.channel)) &&
    row.time >= Date.parse(from ?? '1900-01-01') &&
    row.time < Date.parse(until ?? '2900-01-01');
  const all = rows.flatMap((row, index) => (fits(row) ? [index] : []));
  if (question.occurrence === 'first') return all.slice(0, 1);
  if (question.occurrence === 'last') return all.slice(-1);
  if (question.repeats === 'keep') return all;
  const isTransparent = (row: EventRow) => isEvent(row) || question.ignore.includes(row.event);
  return all.filter((at, index) => index === 0 || !rows.slice(all[index - 1], at).every(isTransparent));
}

function journeyAt(rows: readonly EventRow[], anchor: number, question: JourneyFrequencyQuestion): NaiveJourney {
  const onwards = question.as === 'end' ? rows.slice(0, anchor).reverse() : rows.slice(anchor + 1);
  const kept = onwards.filter(({ event }) => !question.ignore.includes(event));
  const first = rows[anchor] as EventRow;
  const outwards = [question.by === 'channel' ? ANCHOR : nameOf(first, question)];
  const repeats = [1];
  let edge = first;
  let goesOn = false;
  for (const row of kept) {
    if (Math.abs(row.time - edge.time) > (question.maxGapHours ?? Infinity) * HOUR_MS) break;
    const name = nameOf(row, question);
    if (question.repeats === 'collapse' && name === outwards.at(-1)) repeats.push((repeats.pop() as number) + 1);
    else if (outwards.length === question.steps) {
      goesOn = true;
      break;
    } else {
      outwards.push(name);
      repeats.push(1);
    }
    edge = row;
  }
  outwards[0] = outwards[0] === ANCHOR ? question.event : (outwards[0] as string);
  return {
    customer: first.customer,
    at: first.time,
    outwards,
    repeats,
    durationMs: Math.abs(edge.time - first.time),
    goesOn,
  };
}

/** In the view by channel the event of interest is no channel's step, whatever its name. */
const ANCHOR = '\u0000anchor';

function nameOf({ event, channel }: EventRow, { by, groups }: JourneyFrequencyQuestion): string {
  if (by === 'channel') return channel;
  return Object.entries(groups).find(([, steps]) => steps.includes(event))?.[0] ?? event;
}

function passes(outwards: readonly string[], { as, through }: JourneyFrequencyQuestion): boolean {
  const middle = as === 'end' ? outwards.slice(1).reverse() : outwards.slice(1);
  let from = 0;
  return through.every((step) => {
    const at = middle.indexOf(step, from);
    from = at + 1;
    return at >= 0;
  });
}

export function nearestRank(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.find((value) => sorted.filter((other) => other <= value).length >= quantile * sorted.length) as number;
}

/** What a tree must say of the journeys that begin with a path; throws on the first difference. */
export function checkTree(node: JourneyTreeNode, path: readonly string[], journeys: readonly NaiveJourney[]): void {
  const here = [...path, node.step];
  const mine = journeys.filter(({ outwards }) => here.every((step, depth) => outwards[depth] === step));
  const last = mine.filter(({ outwards }) => outwards.length === here.length);
  const cut = last.filter(({ goesOn }) => goesOn).length;
  const shown = node.children.map(({ step }) => step);
  const folded = mine
    .map(({ outwards }) => outwards[here.length])
    .filter((step): step is string => step !== undefined && !shown.includes(step));
  expect(node).toMatchObject({ count: mine.length, ended: last.length - cut, cut });
  expect(node.other).toEqual(folded.length === 0 ? undefined : { count: folded.length, steps: new Set(folded).size });
  for (const child of node.children) checkTree(child, here, journeys);
}
