import type { JourneyComparisonInput, JourneyFrequencyInput } from '../../../../schemas/frequency';

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
    activeFrom: params.get(`${side}.from`) ?? '',
    activeUntil: params.get(`${side}.until`) ?? '',
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

export function toQuestion(view: JourneyView): JourneyFrequencyInput {
  return { ...cutOf(view), segment: segmentOf(view.a), tree: { breadth: 6, minShare: 0.01 } };
}

export function sidesOf(view: JourneyView): JourneyComparisonInput {
  return {
    ...cutOf(view),
    a: { name: 'A', segment: segmentOf(view.a) },
    b: { name: 'B', segment: segmentOf(view.b) },
  };
}

function segmentOf({ had, hadNot, activeFrom, activeUntil }: SegmentView) {
  return {
    had: [...had],
    hadNot: [...hadNot],
    ...(activeFrom !== '' && { activeFrom: `${activeFrom}T00:00:00Z` }),
    ...(activeUntil !== '' && { activeUntil: `${activeUntil}T00:00:00Z` }),
  };
}
