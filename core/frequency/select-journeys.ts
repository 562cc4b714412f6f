import type { JourneyFrequencyQuestion, JourneySelection } from '../../schemas/frequency';
import { keepJourneys, type CutJourneys } from './cut';

/**
 * The journeys behind one number of an answer: exactly as many as the number says.
 *
 * @param cut the journeys the answer was made from
 */
export function selectJourneys(
  cut: CutJourneys,
  as: JourneyFrequencyQuestion['as'],
  selection: JourneySelection,
): CutJourneys {
  const isMeant = testOf(new Reader(cut, as), selection);
  const kept: number[] = [];
  for (let journey = 0; journey < cut.starts.length; journey++) if (isMeant(journey)) kept.push(journey);
  return keepJourneys(cut, kept);
}

type JourneyTest = (journey: number) => boolean;

function testOf(reader: Reader, selection: JourneySelection): JourneyTest {
  if ('journey' in selection) {
    const path = reader.as === 'end' ? selection.journey.toReversed() : selection.journey;
    const follows = pathTest(reader, path);
    return (journey) => reader.lengthOf(journey) === path.length && follows(journey);
  }
  if ('path' in selection) return nodeTest(reader, selection);
  const depth = Math.abs(selection.offset);
  const isReachable = selection.offset === 0 || selection.offset < 0 === (reader.as === 'end');
  if (!isReachable) return () => false;
  if ('step' in selection) return (journey) => reader.nameAt(journey, depth) === selection.step;
  return (journey) => {
    const length = reader.lengthOf(journey);
    if (length <= depth) return false;
    const continued = length > depth + 1 || reader.goesOn(journey);
    return continued === (selection.outcome === 'continued');
  };
}

function nodeTest(reader: Reader, selection: Extract<JourneySelection, { path: string[] }>): JourneyTest {
  const { path, outcome, shown } = selection;
  const follows = pathTest(reader, path);
  return (journey) => {
    if (!follows(journey)) return false;
    if (outcome === 'any') return true;
    const isLast = reader.lengthOf(journey) === path.length;
    if (outcome === 'other') return !isLast && !shown.includes(reader.nameAt(journey, path.length) as string);
    return isLast && reader.goesOn(journey) === (outcome === 'cut');
  };
}

function pathTest(reader: Reader, path: readonly string[]): JourneyTest {
  return (journey) => path.every((step, depth) => reader.nameAt(journey, depth) === step);
}

/** Reads journeys from the event of interest outwards. */
class Reader {
  constructor(
    private readonly cut: CutJourneys,
    readonly as: JourneyFrequencyQuestion['as'],
  ) {}

  lengthOf(journey: number): number {
    return (this.cut.ends[journey] as number) - (this.cut.starts[journey] as number);
  }

  nameAt(journey: number, depth: number): string | undefined {
    if (depth >= this.lengthOf(journey)) return undefined;
    const at =
      this.as === 'end' ? (this.cut.ends[journey] as number) - 1 - depth : (this.cut.starts[journey] as number) + depth;
    return this.cut.alphabet[this.cut.steps[at] as number];
  }

  goesOn(journey: number): boolean {
    return this.cut.goesOn[journey] === 1;
  }
}
