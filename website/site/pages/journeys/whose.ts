import type { JourneyFrequencyAnswer, JourneyFrequencyInput, JourneySelection } from '../../../../schemas/frequency';

/** A number of an answer, and what to ask to see whose journeys are behind it. */
export interface Whose {
  /** Of which segment; empty where there is one. */
  readonly side: string;
  readonly count: number;
  readonly question: JourneyFrequencyInput;
  readonly selection: JourneySelection;
}

/** A step that the reader chose, to do something with it. */
export interface ChosenStep {
  readonly step: string;
  /** Where it is, from the event of interest, which is at 0. */
  readonly offset: number;
  /** The journey it was chosen in, where it was one. */
  readonly steps?: readonly string[];
  readonly whose: readonly Whose[];
}

/** A question about one segment, and its answer. */
export interface Asked {
  readonly side: string;
  readonly question: JourneyFrequencyInput;
  readonly answer: JourneyFrequencyAnswer;
}

/** A branch of the tree, or the branches that are folded at a node. */
export interface TreePick {
  /** From the event of interest outwards, the event first. */
  readonly path: readonly string[];
  readonly step: string;
  readonly kind: 'step' | 'other';
  readonly count: number;
}

/** A step at a place, over all journeys of each segment. */
export function stepChosen(
  asked: readonly Asked[],
  step: string,
  offset: number,
  steps?: readonly string[],
): ChosenStep {
  const whose = asked.map(({ side, question, answer }) => ({
    side,
    question,
    selection: { offset, step },
    count: answer.positions.find((position) => position.offset === offset && position.step === step)?.count ?? 0,
  }));
  return { step, offset, whose, ...(steps === undefined ? {} : { steps }) };
}

/** Where steps are on the way: in the journey one was chosen in, or on average. */
export function placesOf({ steps, step, offset }: ChosenStep, { positions }: JourneyFrequencyAnswer) {
  return (wanted: string): number | undefined => {
    const place = steps?.indexOf(wanted) ?? -1;
    if (steps !== undefined && place >= 0) return place - steps.indexOf(step) + offset;
    if (wanted === step) return offset;
    const found = positions.filter((position) => position.step === wanted && position.offset !== 0);
    const journeys = found.reduce((sum, { count }) => sum + count, 0);
    return journeys === 0 ? undefined : found.reduce((sum, one) => sum + one.offset * one.count, 0) / journeys;
  };
}

/** A branch of the tree; what is folded is no step, and has only its journeys. */
export function branchChosen({ side, question, answer }: Asked, piece: TreePick): ChosenStep | Whose {
  const { path, count } = piece;
  if (piece.kind === 'other') {
    let node = answer.tree;
    for (const step of path.slice(1)) node = node?.children.find((child) => child.step === step);
    const shown = (node?.children ?? []).map(({ step }) => step);
    return { side, question, count, selection: { path: [...path], outcome: 'other', shown } };
  }
  const isEnd = question.as !== 'start';
  const beyond = path.length - 1;
  return {
    step: piece.step,
    offset: isEnd ? -beyond : beyond,
    steps: isEnd ? path.toReversed() : path,
    whose: [{ side, question, count, selection: { path: [...path], outcome: 'any', shown: [] } }],
  };
}
