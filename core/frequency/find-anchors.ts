import { placesOf, type IndexedWords } from '../journeys/step-places';
import type { JourneyWords } from '../journeys/words';
import { AnchorList, type Anchors } from './anchor-list';
import type { CutQuestion } from './cut';
import { firstPlaces } from './first-places';
import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';
import type { StepView } from './step-view';

/** Finds the events of interest to cut journeys at: each customer's first, last, or every one that fits. */
export function findAnchors(
  indexed: IndexedWords,
  view: StepView,
  question: CutQuestion,
  inSegment?: Uint8Array,
): Anchors {
  const { words } = indexed;
  const { occurrence, repeats } = question;
  const fits = anchorTest(words, question.anchor);
  const places = placesOf(indexed, view.anchors);
  if (occurrence === 'first' && fits === undefined && inSegment === undefined) {
    return firstPlaces(indexed, places);
  }
  const found = new AnchorList(places.length);
  let customer = 0;
  let last = -1; // the customer's last event of interest
  for (let index = 0; index < places.length; index++) {
    const place = places[index] as number;
    while ((words.offsets[customer + 1] as number) <= place) {
      customer++;
      last = -1;
    }
    if (inSegment?.[customer] === 0 || fits?.(place) === false) continue;
    if (last < 0) found.add(customer, place);
    else if (occurrence === 'last') found.replaceLast(place);
    // A run of events of interest that is one step is one event of interest: its first.
    else if (occurrence === 'every' && (repeats === 'keep' || !isOneRun(words, view, last, place))) {
      found.add(customer, place);
    }
    last = place;
  }
  return found.anchors();
}

/** Whether there is nothing between two events of interest but more of them, and ignored steps. */
function isOneRun({ steps }: JourneyWords, { anchors, isIgnored }: StepView, first: number, second: number): boolean {
  for (let at = first + 1; at < second; at++) {
    const step = steps[at] as number;
    if (isIgnored[step] !== 1 && !anchors.includes(step)) return false;
  }
  return true;
}

/** Whether the event of interest at a place of the words fits the conditions; undefined when there are none. */
function anchorTest(words: JourneyWords, anchor: CutQuestion['anchor']): ((at: number) => boolean) | undefined {
  const { channels, from, until } = anchor;
  if (channels.length === 0 && from === undefined && until === undefined) return undefined;
  const earliest = from === undefined ? -Infinity : Date.parse(from);
  const end = until === undefined ? Infinity : Date.parse(until);
  const isOnChannel = channelTest(words, channels);
  return (at) => {
    const time = words.times[at] as number;
    return time >= earliest && time < end && isOnChannel(at);
  };
}

function channelTest({ channels: known }: JourneyWords, wanted: readonly string[]): (at: number) => boolean {
  const letters = channelLetters(known, wanted);
  if (known === undefined || letters.length === 0) return () => true;
  const isWanted = new Uint8Array(known.names.length);
  for (const letter of letters) isWanted[letter] = 1;
  return (at) => isWanted[known.letters[at] as number] === 1;
}

/** The letters of the channels asked for. Throws `CHANNELS_MISSING`, `CHANNEL_UNKNOWN`. */
export function channelLetters(known: JourneyWords['channels'], wanted: readonly string[]): number[] {
  return wanted.map((name, index) => {
    if (known === undefined) {
      throw new HubError('CHANNELS_MISSING', 'anchor.channels: these journeys have no channels', {
        field: 'anchor.channels',
      });
    }
    const letter = known.names.indexOf(name);
    if (letter >= 0) return letter;
    const field = `anchor.channels.${index}`;
    throw new HubError(
      'CHANNEL_UNKNOWN',
      `${field}: nothing ever happened on "${name}"${didYouMean(name, known.names)}`,
      { field },
    );
  });
}
