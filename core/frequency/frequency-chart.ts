import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';

export interface ChartStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

const BAR_WIDTH = 12;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const ARROW = ' → ';
const BOLD = 1;
const CYAN = 36;

/** A frequency answer as a small chart for the terminal: a line a journey, then the usual steps at each position. */
export function frequencyChart(
  answer: Pick<JourneyFrequencyAnswer, 'journeys' | 'positions' | 'customers'>,
  question: Pick<JourneyCut, 'event' | 'as'>,
  style: ChartStyle,
): string {
  const title = `Most frequent journeys ${question.as === 'end' ? 'to' : 'from'} ${printable(question.event)}`;
  const heading = `${bold(title, style)} (${number(answer.customers)} customers)`;
  if (answer.journeys.length === 0) return `${heading}\n  none\n`;
  const lines = [heading, ...journeyLines(answer.journeys, style)];
  const positions = positionLines(answer, style);
  if (positions.length > 0) lines.push('', bold('Usual steps at each position', style), ...positions);
  return `${lines.join('\n')}\n`;
}

function journeyLines(journeys: JourneyFrequencyAnswer['journeys'], style: ChartStyle): string[] {
  const countWidth = number(journeys[0]?.count ?? 0).length;
  const largest = journeys[0]?.share ?? 1;
  return journeys.flatMap(({ steps, count, share }) => {
    const figures = `  ${number(count).padStart(countWidth)}  ${percent(share).padStart(6)}  `;
    const indent = figures.length + BAR_WIDTH + 1;
    const bar = bars((share / largest) * BAR_WIDTH).padEnd(BAR_WIDTH);
    const [first = '', ...rest] = wrap(steps.map(printable), style.width - indent);
    return [`${figures}${colour(bar, CYAN, style)} ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
}

/** Three steps of each position but the event's own, with their share of all customers. */
function positionLines(
  { positions, customers }: Pick<JourneyFrequencyAnswer, 'positions' | 'customers'>,
  style: ChartStyle,
): string[] {
  const offsets = [...new Set(positions.map(({ offset }) => offset))].filter((offset) => offset !== 0);
  return offsets.flatMap((offset) => {
    const label = `  ${offset > 0 ? '+' : ''}${offset}  `;
    const usual = positions
      .filter((position) => position.offset === offset)
      .slice(0, 3)
      .map(({ step, count }) => `${printable(step)} ${percent(count / customers)}`);
    const [first = '', ...rest] = wrap(usual, style.width - label.length, ', ');
    return [label + first, ...rest.map((line) => ' '.repeat(label.length) + line)];
  });
}

/** Lays words out in lines of at most `width` characters, broken after a separator; a longer word has its own line. */
function wrap(words: readonly string[], width: number, separator = ARROW): string[] {
  const lines: string[] = [];
  let line = '';
  words.forEach((word, index) => {
    const piece = index === words.length - 1 ? word : word + separator;
    if (line !== '' && [...line].length + [...piece.trimEnd()].length > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  });
  return [...lines, line];
}

function bars(length: number): string {
  const eighths = Math.max(1, Math.round(length * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Control characters escaped: a step's name must not steer the terminal. */
function printable(text: string): string {
  return text === '' ? '(empty)' : text.replace(/\p{Cc}/gu, (control) => ESCAPES[control] ?? hexEscape(control));
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hexEscape(control: string): string {
  return `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function bold(text: string, style: ChartStyle): string {
  return colour(text, BOLD, style);
}

function colour(text: string, code: number, style: ChartStyle): string {
  return style.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}
