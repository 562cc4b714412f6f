import { CustomerIdsBuilder, type CustomerIds } from '../../../core/journeys/customer-ids';
import { indexWords, type IndexedWords } from '../../../core/journeys/step-places';
import { HubError } from '../../../core/errors';
import { FrequencyKernel } from '../../../core/frequency/frequency-kernel';
import { loadKernel } from '../kernels';
import { JourneyWordsBuilder, lettersArray, type ExpectedWords, type JourneyWords } from '../../../core/journeys/words';
import { literal } from '../../../core/sql/quote';
import type { Lake } from '../../../ports/lake';

/** The journeys of one lake version, ready for questions. */
export interface LakeJourneys {
  readonly version: number;
  readonly indexed: IndexedWords;
  readonly ids: CustomerIds;
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (steps: number) => void;
}

/** Memory per step (letter, time, place) and per customer (offset, id, place in the table of ids), in bytes. */
const STEP_BYTES = 13;
const CUSTOMER_BYTES = 48;

/** The journeys of one lake version in memory: the last one asked for, which is the newest but for a moment a day. */
export class JourneyWordsCache {
  private held: Held | undefined;

  /** @param memoryMb how much the journeys may take; more is `JOURNEYS_TOO_LARGE` */
  constructor(
    private readonly lake: Lake,
    private readonly memoryMb = Infinity,
  ) {}

  /** The journeys of a version, the newest by default; read at most once however many ask at the same time. */
  async at(version: number | undefined, options: LoadOptions): Promise<LakeJourneys> {
    return (await this.hold(version, options)).journeys;
  }

  /** The same with the channel of every step, which few questions need. */
  async withChannelsAt(version: number | undefined, options: LoadOptions): Promise<LakeJourneys> {
    const held = await this.hold(version, options);
    const journeys = await held.journeys;
    held.channels ??= loadChannels(this.lake, journeys, options);
    held.channels.catch(() => delete held.channels);
    const words = { ...journeys.indexed.words, channels: await held.channels };
    return { ...journeys, indexed: { ...journeys.indexed, words } };
  }

  private async hold(version: number | undefined, options: LoadOptions): Promise<Held> {
    const wanted = version ?? (await this.lake.version());
    const key = await this.lake.tableRevision('journeys', wanted);
    if (this.held?.key !== key) {
      const held: Held = { key, journeys: loadJourneys(this.lake, wanted, { ...options, memoryMb: this.memoryMb }) };
      this.held = held;
      // What failed to load is tried afresh by the next who asks.
      held.journeys.catch(() => {
        if (this.held === held) this.held = undefined;
      });
    }
    return this.held;
  }
}

type Channels = NonNullable<JourneyWords['channels']>;

interface Held {
  readonly key: string;
  readonly journeys: Promise<LakeJourneys>;
  channels?: Promise<Channels>;
}

/** Both streams scan the same files in the same order, so that lengths and steps belong together. */
async function loadJourneys(
  lake: Lake,
  version: number,
  { signal, onProgress, memoryMb }: LoadOptions & { readonly memoryMb: number },
): Promise<LakeJourneys> {
  const read = { version, ...(signal === undefined ? {} : { signal }) };
  const alphabet = await lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', read);
  const [size] = await lake.rows<{ customers: bigint; steps: bigint }>(
    'SELECT count(*) AS customers, coalesce(sum(len(word)), 0)::BIGINT AS steps FROM journeys',
    read,
  );
  const expected = { customers: Number(size?.customers ?? 0), steps: Number(size?.steps ?? 0) };
  refuseTooLarge(expected, memoryMb);
  const words = new JourneyWordsBuilder(
    alphabet.map(({ type }) => type),
    expected,
  );
  const ids = new CustomerIdsBuilder();
  for await (const { columns } of lake.stream('SELECT customer_id, len(word)::INTEGER AS steps FROM journeys', read)) {
    words.appendLengths(columns['steps'] as ArrayLike<number>);
    ids.append(columns['customer_id'] as ArrayLike<string>);
  }
  const steps = 'SELECT unnest(word)::INTEGER AS step, unnest(times)::DOUBLE AS time FROM journeys';
  let done = 0;
  for await (const { rows, columns } of lake.stream(steps, read)) {
    words.appendSteps(columns['step'] as ArrayLike<number>, columns['time'] as ArrayLike<number>);
    done += rows;
    onProgress?.(done);
  }
  const indexed = indexWords(words.build());
  const kernel = loadKernel('frequency');
  return {
    version,
    indexed: kernel === undefined ? indexed : FrequencyKernel.load(indexed, kernel),
    ids: ids.build(),
  };
}

function refuseTooLarge({ customers, steps }: ExpectedWords, memoryMb: number): void {
  const neededMb = Math.ceil((customers * CUSTOMER_BYTES + steps * STEP_BYTES) / 1e6);
  if (neededMb <= memoryMb) return;
  throw new HubError(
    'JOURNEYS_TOO_LARGE',
    `the journeys need ${neededMb} MB of memory, more than the ${memoryMb} MB of worker.journeysMemoryMb in hub.yaml; give them more`,
    { field: 'worker.journeysMemoryMb' },
  );
}

async function loadChannels(
  lake: Lake,
  { version, indexed }: LakeJourneys,
  { signal, onProgress }: LoadOptions,
): Promise<Channels> {
  const read = { version, ...(signal === undefined ? {} : { signal }) };
  const found = await lake.rows<{ channel: string }>(
    'SELECT DISTINCT unnest(channels) AS channel FROM journeys ORDER BY channel',
    read,
  );
  const names = found.map(({ channel }) => channel);
  const letters = lettersArray(names.length, indexed.words.steps.length);
  const list = `[${names.map(literal).join(', ')}]`;
  const numbers = `SELECT (list_position(${list}, unnest(channels)) - 1)::INTEGER AS channel FROM journeys`;
  let done = 0;
  for await (const { rows, columns } of lake.stream(numbers, read)) {
    letters.set(columns['channel'] as ArrayLike<number>, done);
    done += rows;
    onProgress?.(done);
  }
  return { names, letters };
}
