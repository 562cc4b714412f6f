import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { letterOf } from '../../journeys/letter-of';
import type { JourneyWords } from '../../journeys/words';
import type { SqlConstant } from '../../sql/dialects';
import { codePointRanks } from '../../text/code-points';
import { channelLetters } from '../find-anchors';
import { stepView } from '../step-view';

/** What is known of the journeys before any is read: names of step types by code, and of channels. */
export interface JourneyCatalog {
  readonly alphabet: readonly string[];
  /** Needed by questions that tell steps apart by channel, or ask for some. */
  readonly channels?: readonly string[];
}

/**
 * How a question sees the steps, in terms of the tables: letters are numbers in the code-point order of their names, so
 * that engines sort by them as everywhere else.
 */
export interface SqlView {
  /** Names by letter. */
  readonly names: readonly string[];
  /** What decides a step's letter, and the letter of each of its values. */
  readonly source: 'code' | 'channel';
  readonly letters: readonly (readonly [SqlConstant, number])[];
  /** Codes of the steps that are the event of interest, and of those to look away from. */
  readonly events: readonly number[];
  readonly ignored: readonly number[];
  readonly anchorLetter: number;
  /** Letters that a journey must pass. */
  readonly through: readonly number[];
}

type ViewQuestion = Pick<
  JourneyFrequencyQuestion,
  'event' | 'groups' | 'ignore' | 'by' | 'through' | 'anchor' | 'segment'
>;

/** Throws as `stepView` and `findAnchors` do for steps and channels that nobody ever had. */
export function sqlView(catalog: JourneyCatalog, question: ViewQuestion): SqlView {
  const words = noWords(catalog);
  const view = stepView(words, question);
  channelLetters(words.channels, question.anchor.channels);
  const ranks = codePointRanks(view.alphabet);
  const rankOf = (letter: number) => ranks[letter] as number;
  const names: string[] = [];
  view.alphabet.forEach((name, letter) => (names[rankOf(letter)] = name));
  const source = question.by === 'channel' ? ('channel' as const) : ('code' as const);
  const values = source === 'channel' ? (catalog.channels ?? []) : catalog.alphabet.map((_, code) => code);
  return {
    names,
    source,
    letters: values.map((value, index) => [value, rankOf(view.letters[index] as number)]),
    events: view.anchors,
    ignored: catalog.alphabet.flatMap((_, code) => (view.isIgnored[code] === 1 ? [code] : [])),
    anchorLetter: rankOf(view.anchorLetter),
    through: question.through.map((step, index) => rankOf(letterOf(view, step, `through.${index}`))),
  };
}

/** Words with the catalog's names and nobody in them, for what needs the names only. */
function noWords({ alphabet, channels }: JourneyCatalog): JourneyWords {
  const none = new Uint8Array(0);
  return {
    customers: 0,
    offsets: new Uint32Array(1),
    steps: none,
    times: new Float64Array(0),
    alphabet,
    ...(channels === undefined ? {} : { channels: { names: channels, letters: none } }),
  };
}
