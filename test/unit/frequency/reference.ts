import type { JourneyTally } from '../../../core/frequency/tally-journeys';
import type { JourneyCut } from '../../../schemas/frequency';

/** A row of an event file. */
export interface EventRow {
  readonly customer: string;
  readonly time: number;
  readonly event: string;
  readonly channel: string;
}

/** Every customer's rows by time, equal times in the order given. */
export function journeysOf(rows: readonly EventRow[]): Map<string, EventRow[]> {
  const journeys = new Map<string, EventRow[]>();
  for (const row of rows) journeys.set(row.customer, [...(journeys.get(row.customer) ?? []), row]);
  for (const journey of journeys.values()) journey.sort((a, b) => a.time - b.time); // stable
  return journeys;
}

/** The answer by the plainest means: arrays, JSON keys, full sorts. */
export function naiveFrequency(rows: readonly EventRow[], question: JourneyCut): JourneyTally {
  const cut: string[][] = [];
  for (const journey of journeysOf(rows).values()) {
    const steps = journey.map(({ event }) => event);
    const at = steps.indexOf(question.event);
    if (at < 0) continue;
    const isEnd = question.as === 'end';
    cut.push(isEnd ? steps.slice(0, at + 1).slice(-question.steps) : steps.slice(at).slice(0, question.steps));
  }
  const offsetOf = (steps: string[], index: number) => (question.as === 'end' ? index - steps.length + 1 : index);
  const journeys = tally(cut).map(([steps, count]) => ({ steps, count, share: count / cut.length }));
  const positions = tally(cut.flatMap((steps) => steps.map((step, index) => [String(offsetOf(steps, index)), step])));
  return {
    journeys: journeys.sort((a, b) => b.count - a.count || compareSteps(a.steps, b.steps)).slice(0, question.top),
    positions: positions
      .map(([[offset, step], count]) => ({ offset: Number(offset), step: step as string, count }))
      .sort((a, b) => a.offset - b.offset || b.count - a.count || compareSteps([a.step], [b.step])),
    customers: cut.length,
  };
}

function tally(lists: readonly string[][]): [string[], number][] {
  const counts = new Map<string, number>();
  for (const list of lists) counts.set(JSON.stringify(list), (counts.get(JSON.stringify(list)) ?? 0) + 1);
  return [...counts].map(([key, count]) => [JSON.parse(key) as string[], count]);
}

/** UTF-8 bytes order as code points do; a list before its continuations. */
function compareSteps(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = Buffer.compare(Buffer.from(a[index] as string), Buffer.from(b[index] as string));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
