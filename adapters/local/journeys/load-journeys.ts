import { HubError } from '../../../core/errors';
import { FrequencyKernel } from '../../../core/frequency/frequency-kernel';
import { CustomerIdsBuilder, type CustomerIds } from '../../../core/journeys/customer-ids';
import { mergeWords } from '../../../core/journeys/merge-words';
import { indexWords, type IndexedWords } from '../../../core/journeys/step-places';
import { JourneyWordsBuilder, lettersArray, type JourneyWords } from '../../../core/journeys/words';
import { literal } from '../../../core/sql/quote';
import type { Lake, ReadOptions } from '../../../ports/lake';
import { loadKernel } from '../kernels';

/** The journeys of one lake version, ready for questions. */
export interface LakeJourneys {
  readonly version: number;
  readonly indexed: IndexedWords;
  readonly ids: CustomerIds;
  /** The encodings that made them: no journey of theirs has changed since. */
  readonly encodings: readonly string[];
  /** How many of the steps were read from the lake: the others were held. */
  readonly readSteps: number;
}

export interface LoadJourneysOptions {
  readonly signal: AbortSignal;
  /** How much memory the journeys may take; more is `JOURNEYS_TOO_LARGE`. */
  readonly memoryMb: number;
  /** Journeys of an earlier version: what did not change since is taken from them. */
  readonly held?: LakeJourneys | undefined;
}

/** The journeys of a version, and which of them are held already, as a condition. */
interface Source {
  readonly lake: Lake;
  readonly read: Required<Pick<ReadOptions, 'signal' | 'version'>>;
  readonly isHeld: string;
}

/**
 * Reads the journeys of a version: 4 s a million customers, a fraction of it where most are held.
 *
 * @throws HubError `JOURNEYS_TOO_LARGE` naming the setting, and those of the lake
 */
export async function loadJourneys(
  lake: Lake,
  version: number,
  { signal, memoryMb, held }: LoadJourneysOptions,
): Promise<LakeJourneys> {
  const earlier = held !== undefined && held.version < version ? held : undefined;
  const read = { version, signal };
  const source = { lake, read, isHeld: isHeldSql(earlier) };
  const size = await sizeOf(source);
  refuseTooLarge(size, memoryMb);
  const { ids, kept, freshLengths } = await readCustomers(source, size.customers, earlier);
  const fresh = await readFresh(source, freshLengths, size.freshSteps);
  const words = earlier === undefined ? fresh : mergeWords(earlier.indexed.words, fresh, kept);
  const indexed = indexWords(words);
  const kernel = loadKernel('frequency');
  return {
    version,
    indexed: kernel === undefined ? indexed : FrequencyKernel.load(indexed, kernel),
    ids,
    encodings: size.encodings,
    readSteps: size.freshSteps,
  };
}

/** An encoding never changes a journey that it made: who holds journeys of it holds them as they are. */
function isHeldSql(held: LakeJourneys | undefined): string {
  if (held === undefined || held.encodings.length === 0) return 'false';
  return `encoding IN (${held.encodings.map(literal).join(', ')})`;
}

interface JourneysSize {
  readonly customers: number;
  readonly steps: number;
  readonly freshSteps: number;
  readonly encodings: readonly string[];
}

async function sizeOf({ lake, read, isHeld }: Source): Promise<JourneysSize> {
  const [size] = await lake.rows<{ customers: bigint; steps: bigint; fresh: bigint; encodings: string[] | null }>(
    `SELECT count(*) AS customers, coalesce(sum(len(word)), 0)::BIGINT AS steps,
  coalesce(sum(len(word)) FILTER (NOT ${isHeld}), 0)::BIGINT AS fresh, list(DISTINCT encoding) AS encodings
FROM journeys`,
    read,
  );
  return {
    customers: Number(size?.customers ?? 0),
    steps: Number(size?.steps ?? 0),
    freshSteps: Number(size?.fresh ?? 0),
    encodings: size?.encodings ?? [],
  };
}

/** Memory per step (letter, time, place) and per customer (offset, id, place in the table of ids), in bytes. */
const STEP_BYTES = 13;
const CUSTOMER_BYTES = 48;

function refuseTooLarge({ customers, steps }: JourneysSize, memoryMb: number): void {
  const neededMb = Math.ceil((customers * CUSTOMER_BYTES + steps * STEP_BYTES) / 1e6);
  if (neededMb <= memoryMb) return;
  throw new HubError(
    'JOURNEYS_TOO_LARGE',
    `the journeys need ${neededMb} MB of memory, more than the ${memoryMb} MB of worker.journeysMemoryMb in hub.yaml; give them more`,
    { field: 'worker.journeysMemoryMb' },
  );
}

interface Customers {
  readonly ids: CustomerIds;
  /** By customer: the number among the held journeys, or -1 for the next of the fresh ones. */
  readonly kept: Int32Array;
  readonly freshLengths: Uint32Array;
}

async function readCustomers(
  { lake, read, isHeld }: Source,
  customers: number,
  held: LakeJourneys | undefined,
): Promise<Customers> {
  const ids = new CustomerIdsBuilder();
  const kept = new Int32Array(customers).fill(-1);
  const freshLengths = new Uint32Array(customers);
  let customer = 0;
  let fresh = 0;
  const who = `SELECT customer_id, len(word)::INTEGER AS steps, (${isHeld})::INTEGER AS held FROM journeys`;
  for await (const { rows, columns } of lake.stream(who, read)) {
    const names = columns['customer_id'] as ArrayLike<string>;
    const lengths = columns['steps'] as ArrayLike<number>;
    const flags = columns['held'] as ArrayLike<number>;
    ids.append(names);
    for (let row = 0; row < rows; row++, customer++) {
      if (flags[row] === 1 && held !== undefined) kept[customer] = held.ids.indexOf(names[row] as string);
      else freshLengths[fresh++] = lengths[row] as number;
    }
  }
  return { ids: ids.build(), kept, freshLengths: freshLengths.subarray(0, fresh) };
}

/** Scans the same files in the same order as `readCustomers`, so that lengths and steps belong together. */
async function readFresh(
  { lake, read, isHeld }: Source,
  lengths: Uint32Array,
  expectedSteps: number,
): Promise<JourneyWords> {
  const alphabet = await lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', read);
  const names = alphabet.map(({ type }) => type);
  const words = new JourneyWordsBuilder(names, { customers: lengths.length, steps: expectedSteps });
  words.appendLengths(lengths);
  const steps = `SELECT unnest(word)::INTEGER AS step, unnest(times)::DOUBLE AS time FROM journeys WHERE NOT ${isHeld}`;
  for await (const { columns } of lake.stream(steps, read)) {
    words.appendSteps(columns['step'] as ArrayLike<number>, columns['time'] as ArrayLike<number>);
  }
  return words.build();
}

export type Channels = NonNullable<JourneyWords['channels']>;

/** The channel of every step, in the order of the journeys' words. */
export async function loadChannels(
  lake: Lake,
  { version, indexed }: LakeJourneys,
  signal: AbortSignal,
): Promise<Channels> {
  const read = { version, signal };
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
  }
  return { names, letters };
}
