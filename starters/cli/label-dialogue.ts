import type { PairToLabel } from '../../adapters/local/identity/pairs-to-label';

export type LabelAnswer = 'yes' | 'no' | 'skip';

export interface AnsweredPair {
  readonly pair: PairToLabel;
  readonly answer: LabelAnswer;
}

const ANSWERS: Readonly<Record<string, LabelAnswer>> = { y: 'yes', n: 'no', s: 'skip' };
/** What Ctrl-C and Ctrl-D are in a terminal that hands over every key. */
const QUIT = ['q', '\u0003', '\u0004'];

/** One pair after another, and what was said of them so far. */
export class LabelDialogue {
  private readonly said: AnsweredPair[] = [];
  private hasQuit = false;

  constructor(private readonly pairs: readonly PairToLabel[]) {}

  get answers(): readonly AnsweredPair[] {
    return this.said;
  }

  /** The pair that is asked about; undefined at the end. */
  get current(): PairToLabel | undefined {
    return this.hasQuit ? undefined : this.pairs[this.said.length];
  }

  /** @returns whether the answers are others than before */
  press(key: string): boolean {
    const pair = this.current;
    const answer = ANSWERS[key.toLowerCase()];
    if (QUIT.includes(key.toLowerCase())) this.hasQuit = true;
    if (key.toLowerCase() === 'u') return this.said.pop() !== undefined;
    if (answer === undefined || pair === undefined) return false;
    this.said.push({ pair, answer });
    return true;
  }

  /** The question as text: both records side by side. */
  question(columns = 80): string {
    const { current } = this;
    if (current === undefined) return '';
    const rows = [
      { column: '', a: current.a, b: current.b },
      ...current.fields.map(({ column, a, b }) => ({ column, a: a ?? '–', b: b ?? '–' })),
    ];
    const first = Math.max(...rows.map(({ column }) => column.length));
    const side = Math.max(
      8,
      Math.min(Math.max(...rows.map(({ a }) => a.length)), Math.floor((columns - first - 5) / 2)),
    );
    const lines = rows.map(({ column, a, b }, row) => {
      const sign = row === 0 ? ' ' : a === b && a !== '–' ? '=' : ' ';
      return `${column.padEnd(first)}  ${fitted(a, side).padEnd(side)} ${sign} ${fitted(b, side)}`.trimEnd();
    });
    const place = `pair ${this.said.length + 1} of ${this.pairs.length}`;
    return [place, ...lines, 'one person?  y yes  n no  s skip  u undo  q quit', ''].join('\n');
  }
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
