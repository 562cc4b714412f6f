import type { JourneyComparisonInput, JourneyFrequencyInput } from '../../../../schemas/frequency';
import { day, dayStart, words } from '../../../api/formats';

/** Which customers are looked at. */
export interface SegmentView {
  readonly had: readonly string[];
  readonly hadNot: readonly string[];
  /** Calendar days, `YYYY-MM-DD`; empty where it does not matter. */
  readonly activeFrom: string;
  readonly activeUntil: string;
}

/** All that the page shows: it is in the address, so that it can be shared. */
export interface JourneyView {
  readonly event: string;
  readonly as: 'start' | 'end';
  readonly steps: number;
  readonly top: number;
  readonly repeats: 'keep' | 'collapse';
  readonly through: readonly string[];
  readonly ignore: readonly string[];
  readonly compare: boolean;
  readonly a: SegmentView;
  readonly b: SegmentView;
}

export const emptySegment: SegmentView = { had: [], hadNot: [], activeFrom: '', activeUntil: '' };

/** The most whose chart is still read, and redrawn in a blink. */
const MOST = { steps: 30, top: 200 };

export function fromParams(params: URLSearchParams): JourneyView {
  const number = (name: 'steps' | 'top', otherwise: number) => {
    const value = Number(params.get(name));
    return Number.isInteger(value) && value >= 1 && value <= MOST[name] ? value : otherwise;
  };
  const segment = (side: string): SegmentView => ({
    had: params.getAll(`${side}.had`),
    hadNot: params.getAll(`${side}.hadNot`),
    activeFrom: dayOf(params.get(`${side}.from`)),
    activeUntil: dayOf(params.get(`${side}.until`)),
  });
  return {
    event: params.get('event') ?? '',
    as: params.get('as') === 'start' ? 'start' : 'end',
    steps: number('steps', 6),
    top: number('top', 20),
    repeats: params.get('repeats') === 'collapse' ? 'collapse' : 'keep',
    through: params.getAll('through'),
    ignore: params.getAll('ignore'),
    compare: params.get('compare') === 'yes',
    a: segment('a'),
    b: segment('b'),
  };
}

/** A calendar day as the address has it; anything else is none. */
function dayOf(text: string | null): string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

export function toParams(view: JourneyView): URLSearchParams {
  const params = new URLSearchParams({ event: view.event, as: view.as, steps: `${view.steps}`, top: `${view.top}` });
  if (view.repeats === 'collapse') params.set('repeats', 'collapse');
  const list = (name: string, values: readonly string[]) => values.forEach((value) => params.append(name, value));
  list('through', view.through);
  list('ignore', view.ignore);
  if (view.compare) params.set('compare', 'yes');
  for (const side of ['a', 'b'] as const) {
    const { had, hadNot, activeFrom, activeUntil } = view[side];
    list(`${side}.had`, had);
    list(`${side}.hadNot`, hadNot);
    if (activeFrom !== '') params.set(`${side}.from`, activeFrom);
    if (activeUntil !== '') params.set(`${side}.until`, activeUntil);
  }
  return params;
}

/** Both questions share it. */
function cutOf({ event, as, steps, top, repeats, through, ignore }: JourneyView) {
  return { event, as, steps, top, repeats, through: [...through], ignore: [...ignore] };
}

/** @param timeZone the hub's, in which days begin */
export function toQuestion(view: JourneyView, timeZone: string, side: 'a' | 'b' = 'a'): JourneyFrequencyInput {
  return { ...cutOf(view), segment: segmentOf(view[side], timeZone), tree: { breadth: 6, minShare: 0.01 } };
}

export function sidesOf(view: JourneyView, timeZone: string): JourneyComparisonInput {
  return {
    ...cutOf(view),
    a: { name: 'A', segment: segmentOf(view.a, timeZone) },
    b: { name: 'B', segment: segmentOf(view.b, timeZone) },
  };
}

function segmentOf({ had, hadNot, activeFrom, activeUntil }: SegmentView, timeZone: string) {
  return {
    had: [...had],
    hadNot: [...hadNot],
    ...(activeFrom !== '' && { activeFrom: dayStart(activeFrom, timeZone) }),
    ...(activeUntil !== '' && { activeUntil: dayStart(activeUntil, timeZone) }),
  };
}

/** Whom a segment has, in words. */
export function segmentWords({ had, hadNot, activeFrom, activeUntil }: SegmentView): string {
  const said = [
    ...had.map((step) => `had ${words(step)}`),
    ...hadNot.map((step) => `never had ${words(step)}`),
    ...(activeFrom === '' ? [] : [`active from ${day(activeFrom)}`]),
    ...(activeUntil === '' ? [] : [`active before ${day(activeUntil)}`]),
  ];
  return said.length === 0 ? 'all customers' : said.join(', ');
}

/**
 * The steps that journeys are to pass, in their order, with one more.
 *
 * @param placeOf where a step is on the way; unknown ones come last
 */
export function throughAlso(
  through: readonly string[],
  step: string,
  placeOf: (step: string) => number | undefined,
): string[] {
  if (through.includes(step)) return [...through];
  const place = placeOf(step) ?? Infinity;
  const before = through.filter((other) => (placeOf(other) ?? Infinity) <= place).length;
  return through.toSpliced(before, 0, step);
}
