import type { JourneyFrequencyQuestion } from '../../schemas/frequency';
import { HubError } from '../errors';
import type { JourneyWords } from '../journeys/words';
import { letterOf } from '../journeys/letter-of';
import type { Letters } from '../journeys/slices';

/** How a question sees the steps of journey words: which it looks away from, and by what it tells the others apart. */
export interface StepView {
  /** Names by letter of the view. */
  readonly alphabet: readonly string[];
  /** For every step of the words, what decides its letter: the step's type, or its channel. */
  readonly source: Letters;
  /** The view's letter by letter of `source`. */
  readonly letters: Uint16Array;
  /** The step types that are the event of interest, as letters of the words. */
  readonly anchors: readonly number[];
  /** The view's letter of the event of interest itself. */
  readonly anchorLetter: number;
  /** By step type: 1 for a step to look away from. */
  readonly isIgnored: Uint8Array;
  /** Whether the words' own letters are the view's, and none is ignored. */
  readonly isPlain: boolean;
}

type ViewQuestion = Pick<JourneyFrequencyQuestion, 'event' | 'groups' | 'ignore' | 'by'>;

/**
 * The view of a question on words.
 *
 * @throws HubError `EVENT_UNKNOWN` naming the field of a step that no customer ever had, `INPUT_INVALID` for a step in
 *   two groups, `CHANNELS_MISSING` for words without channels
 */
export function stepView(words: JourneyWords, question: ViewQuestion): StepView {
  const groups = groupLetters(words.alphabet, question.groups);
  const anchors = groups.get(question.event) ?? [letterOf(words, question.event, 'event')];
  const isIgnored = new Uint8Array(words.alphabet.length);
  question.ignore.forEach((step, index) => (isIgnored[letterOf(words, step, `ignore.${index}`)] = 1));
  const isPlain = groups.size === 0 && question.ignore.length === 0;
  return question.by === 'channel'
    ? channelView(words, question.event, anchors, isIgnored)
    : { ...typeView(words, groups, anchors), anchors, isIgnored, isPlain };
}

function groupLetters(alphabet: readonly string[], groups: ViewQuestion['groups']): Map<string, readonly number[]> {
  const grouped = new Map<number, string>();
  const letters = new Map<string, readonly number[]>();
  for (const [name, steps] of Object.entries(groups)) {
    const field = `groups.${name}`;
    letters.set(
      name,
      steps.map((step, index) => letterOf({ alphabet }, step, `${field}.${index}`)),
    );
    for (const letter of letters.get(name) ?? []) {
      const other = grouped.get(letter);
      if (other !== undefined && other !== name) {
        throw new HubError('INPUT_INVALID', `${field}: "${alphabet[letter]}" is in the group "${other}" already`, {
          field,
        });
      }
      grouped.set(letter, name);
    }
  }
  return letters;
}

/** Groups become letters of their own, named after them; a step type of the same name joins its group. */
function typeView(words: JourneyWords, groups: ReadonlyMap<string, readonly number[]>, anchors: readonly number[]) {
  const alphabet = [...words.alphabet];
  const letters = Uint16Array.from(alphabet, (_, letter) => letter);
  for (const [name, members] of groups) {
    const namesake = alphabet.indexOf(name);
    const letter = namesake >= 0 ? namesake : alphabet.push(name) - 1;
    for (const member of members) letters[member] = letter;
  }
  const anchorLetter = letters[anchors[0] as number] as number;
  return { alphabet, source: words.steps, letters, anchorLetter };
}

/** Every step is known by its channel, but for the event of interest, which keeps its name. */
function channelView(words: JourneyWords, event: string, anchors: readonly number[], isIgnored: Uint8Array): StepView {
  if (words.channels === undefined) {
    throw new HubError('CHANNELS_MISSING', 'by: these journeys have no channels', { field: 'by' });
  }
  const { names, letters: source } = words.channels;
  return {
    alphabet: [...names, event],
    source,
    letters: Uint16Array.from(names, (_, letter) => letter),
    anchors,
    anchorLetter: names.length,
    isIgnored,
    isPlain: false,
  };
}
