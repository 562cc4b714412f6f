import { JourneyWordsBuilder } from '../../../core/journeys/words';
import type { JourneyWords } from '../../../core/journeys/words';
import type { Lake } from '../../../ports/lake';

/**
 * Reads the journeys of a lake version into memory, 9 or 10 bytes a step and 4 a customer.
 *
 * @throws HubError `WORDS_INVALID`, `ALPHABET_TOO_LARGE`, and what the lake's `stream` throws
 */
export async function loadJourneyWords(lake: Lake, version: number, signal?: AbortSignal): Promise<JourneyWords> {
  const options = { version, ...(signal === undefined ? {} : { signal }) };
  const letters = await lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code', options);
  const [size] = await lake.rows<{ customers: bigint; steps: bigint }>(
    'SELECT count(*) AS customers, CAST(coalesce(sum(len(word)), 0) AS BIGINT) AS steps FROM journeys',
    options,
  );
  const builder = new JourneyWordsBuilder(
    letters.map(({ type }) => type),
    { customers: Number(size?.customers ?? 0), steps: Number(size?.steps ?? 0) },
  );
  for await (const { columns } of lake.stream(WORDS, options)) {
    builder.append(columns['word'] as Lists<number>, columns['times'] as Lists<number | bigint>);
  }
  return builder.build();
}

type Lists<T> = ArrayLike<ArrayLike<T>>;

/** Milliseconds as DOUBLE are exact, and need no BigInt each. */
const WORDS = 'SELECT word, CAST(times AS DOUBLE[]) AS times FROM journeys';
