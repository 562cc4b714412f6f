import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { LabelSheet } from '../../adapters/local/identity/label-sheet';
import type { PairToLabel } from '../../adapters/local/identity/pairs-to-label';
import { wholeNumber } from './events-options';
import { LabelDialogue } from './label-dialogue';
import { linkageSettingsOf } from './linkage-settings';
import { required } from './required-option';
import { UsageError } from './usage-error';

interface LabelOptions {
  readonly input?: string;
  readonly id?: string;
  readonly out?: string;
  readonly model?: string;
  readonly settings?: string;
  readonly pairs: string;
  readonly export?: boolean;
}

const MOST_PAIRS = 10_000;

/** `hub identity label`: people say of pairs whether they are one person. */
export function addLabel(identity: Command): void {
  identity
    .command('label')
    .description(
      'say of pairs that a model is in doubt of whether they are one person, for hub identity train --labels',
    )
    .option('--input <file>', 'a csv, ndjson or parquet file of records (also .gz)')
    .option('--id <column>', 'the column that names a record')
    .option('--out <file>', 'the csv that the answers are added to; what it has is not asked again')
    .option('--model <folder>', 'whose doubts to ask about (default: those of a model learned from the file)')
    .option('--settings <file>', 'YAML with how to link, where there is no model (default: inferred from the columns)')
    .option('--pairs <n>', 'how many pairs to ask about, at most', '50')
    .option('--export', 'add the pairs with what their records say, for you to fill in the column "match"')
    .action(label);
}

async function label(options: LabelOptions): Promise<void> {
  const [input, id, out] = [
    required(options.input, '--input'),
    required(options.id, '--id'),
    required(options.out, '--out'),
  ];
  if (!out.endsWith('.csv')) throw new UsageError(`--out ${out}: labels are written as csv; give a name that ends so`);
  if (options.model !== undefined && options.settings !== undefined) {
    throw new UsageError('--settings: a model has its own; give either of --model and --settings');
  }
  const isExport = options.export === true;
  if (!isExport && !process.stdin.isTTY) {
    throw new UsageError('--export is missing: without a terminal nobody can be asked, and pairs can only be exported');
  }
  const pairs = wholeNumber(options.pairs, '--pairs', [1, MOST_PAIRS]);
  const settings = await linkageSettingsOf(options.settings);
  const [{ pairsToLabel }, { readSheet, writeSheet }] = await Promise.all([
    import('../../adapters/local/identity/pairs-to-label'),
    import('../../adapters/local/identity/label-sheet'),
  ]);
  const asked = await readSheet(out);
  const chosen = await pairsToLabel({ input, id, model: options.model, settings, asked, pairs });
  const write = (rows: LabelSheet['rows']) => writeSheet(out, { ...asked, rows: [...asked.rows, ...rows] });
  if (isExport) {
    await write(chosen.map(exportedRow));
    process.stdout.write(
      `${chosen.length} pairs to label: fill in the column "match" of ${out} with yes, no or skip\n`,
    );
    return;
  }
  const answered = await askInTerminal(chosen, process, write);
  process.stdout.write(`${answered} pairs answered: ${out}\n`);
}

/** A pair with both records' values beside each other, nothing said of it yet. */
function exportedRow({ a, b, fields }: PairToLabel): Record<string, string> {
  const values = fields.flatMap(({ column, a: ofA, b: ofB }) => [
    [`${column}_a`, ofA ?? ''],
    [`${column}_b`, ofB ?? ''],
  ]);
  return { record_a: a, record_b: b, match: '', ...(Object.fromEntries(values) as Record<string, string>) };
}

/** What is typed at, key by key where it can be, and what is written to. */
export interface Terminal {
  readonly stdin: Readable & { setRawMode?: (mode: boolean) => unknown };
  readonly stdout: Writable & { readonly columns?: number };
}

/**
 * Asks about one pair after another, and hands over all answers whenever they change: who quits loses none.
 *
 * @param keep is told the rows of all answers so far
 * @returns how many pairs were answered
 */
export async function askInTerminal(
  pairs: readonly PairToLabel[],
  { stdin, stdout }: Terminal,
  keep: (rows: LabelSheet['rows']) => Promise<void>,
): Promise<number> {
  const dialogue = new LabelDialogue(pairs);
  stdin.setRawMode?.(true);
  try {
    const ask = () => stdout.write(`\n${dialogue.question(stdout.columns)}`);
    ask();
    if (dialogue.current === undefined) return 0;
    for await (const typed of stdin) {
      for (const key of String(typed)) {
        if (!dialogue.press(key)) continue;
        await keep(dialogue.answers.map(({ pair, answer }) => ({ record_a: pair.a, record_b: pair.b, match: answer })));
        ask();
      }
      if (dialogue.current === undefined) break;
    }
  } finally {
    stdin.setRawMode?.(false);
  }
  return dialogue.answers.length;
}
