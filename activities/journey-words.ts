import { JourneyWordsBuilder, type JourneyWords } from '../core/journeys/words';
import type { Lake } from '../ports/lake';

interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (steps: number) => void;
}

/** The journeys of one lake version in memory: the last one asked for, which is the newest but for a moment a day. */
export class JourneyWordsCache {
  private held: { readonly key: string; readonly words: Promise<JourneyWords> } | undefined;

  constructor(private readonly lake: Lake) {}

  /** The words of a version, read at most once however many ask at the same time. */
  async at(version: number | undefined, options: LoadOptions): Promise<JourneyWords> {
    const wanted = version ?? (await this.lake.version());
    const key = await this.lake.tableRevision('journeys', wanted);
    if (this.held?.key !== key) {
      const words = loadJourneyWords(this.lake, wanted, options);
      const held = { key, words };
      this.held = held;
      // What failed to load is tried afresh by the next who asks.
      words.catch(() => {
        if (this.held === held) this.held = undefined;
      });
    }
    return this.held.words;
  }
}

/** Both queries scan the same files in the same order, so that lengths and steps belong together. */
async function loadJourneyWords(
  lake: Lake,
  version: number,
  { signal, onProgress }: LoadOptions,
): Promise<JourneyWords> {
  const read = { version, signal };
  const alphabet = await lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', read);
  const [size] = await lake.rows<{ customers: bigint; steps: bigint }>(
    'SELECT count(*) AS customers, coalesce(sum(len(word)), 0)::BIGINT AS steps FROM journeys',
    read,
  );
  const builder = new JourneyWordsBuilder(
    alphabet.map(({ type }) => type),
    { customers: Number(size?.customers ?? 0), steps: Number(size?.steps ?? 0) },
  );
  for await (const { columns } of lake.stream('SELECT len(word)::INTEGER AS steps FROM journeys', read)) {
    builder.appendLengths(columns['steps'] as ArrayLike<number>);
  }
  const steps = 'SELECT unnest(word)::INTEGER AS step, unnest(times)::DOUBLE AS time FROM journeys';
  let done = 0;
  for await (const { rows, columns } of lake.stream(steps, read)) {
    builder.appendSteps(columns['step'] as ArrayLike<number>, columns['time'] as ArrayLike<number>);
    done += rows;
    onProgress(done);
  }
  return builder.build();
}
