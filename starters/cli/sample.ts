import { join, resolve } from 'node:path';
import { SingleBar, Presets } from 'cli-progress';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Hub } from '../../adapters/local/hub-folder';
import { writeSampleWorld, type SampleSummary, type SampleWorld } from '../../adapters/local/sample/write-sample-world';
import { onStopSignal } from './signals';
import { wholeNumber } from './events-options';
import { UsageError } from './usage-error';

const START = '2026-01-01';
/** Seeds are 32 bits; larger ones would make the world of a smaller one. */
const MOST_SEED = 2 ** 32 - 1;
const MOST_DAYS = 36_500;

interface SampleCommandOptions extends Record<'customers' | 'days' | 'seed' | 'start' | 'out', string> {
  readonly engagement: boolean | undefined;
}

/** `hub sample`: a made-up world to try the hub on. */
export function sampleCommand(program: Command): void {
  program
    .command('sample')
    .description('write what seven telco systems would export of a made-up world')
    .option('--customers <n>', 'how many people', '20000')
    .option('--days <n>', 'how many days', '120')
    .option('--seed <n>', 'the same seed makes the same world', '7')
    .option('--start <date>', 'the first day, YYYY-MM-DD', START)
    .option(
      '--out <folder>',
      "where the systems' exports go; the truth about them goes to <folder>-truth",
      'sample-world',
    )
    .option('--engagement', 'also fraud, offers and surveys, in files of their own')
    .action(async (options: SampleCommandOptions) => {
      const stopping = new AbortController();
      onStopSignal(() => stopping.abort());
      if (!z.iso.date().safeParse(options.start).success) {
        throw new UsageError(`--start ${options.start}: expected a date, YYYY-MM-DD`);
      }
      const outFolder = resolve(options.out);
      const summary = await writeWithProgress(
        {
          customers: wholeNumber(options.customers, '--customers', [1, Number.MAX_SAFE_INTEGER]),
          days: wholeNumber(options.days, '--days', [1, MOST_DAYS]),
          seed: wholeNumber(options.seed, '--seed', [0, MOST_SEED]),
          start: options.start,
          engagement: options.engagement,
          outFolder,
          truthFolder: `${outFolder}-truth`,
        },
        stopping.signal,
      );
      process.stdout.write(`${JSON.stringify(summary)}\n`);
    });
}

/** Writes the sample world of a hub into a folder, and the truth about it into the hub's data folder. */
export async function writeSample(
  { dataFolder }: Pick<Hub, 'dataFolder'>,
  sample: Pick<SampleWorld, 'customers' | 'days' | 'seed' | 'engagement'>,
  outFolder: string,
  signal: AbortSignal,
): Promise<void> {
  await writeWithProgress(
    { ...sample, start: START, outFolder, truthFolder: join(dataFolder, 'sample-truth') },
    signal,
  );
}

async function writeWithProgress(world: SampleWorld, signal: AbortSignal): Promise<SampleSummary> {
  const bar = new SingleBar(
    { format: 'sample    {bar} {value} of {total} customers', stopOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start(world.customers, 0);
  try {
    const summary = await writeSampleWorld(world, { signal, onProgress: (done) => bar.update(done) });
    bar.update(world.customers);
    process.stderr.write(`sample: ${summary.customers} customers, ${summary.rows} rows in ${summary.files} files\n`);
    return summary;
  } finally {
    bar.stop();
  }
}
