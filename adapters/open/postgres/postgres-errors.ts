import { DatabaseError } from 'pg';
import { HubError, messageOf } from '../../../core/errors';

type Meaning = readonly [code: string, retryable: boolean, remedy: string];

const CONFLICT: Meaning = ['KPI_STORE_CONFLICT', true, 'somebody else changed the same'];
const DENIED: Meaning = [
  'KPI_STORE_ACCESS_DENIED',
  false,
  'check engines.postgres: address, database, user and password; the user may have to create schemas in the database',
];
const UNAVAILABLE: Meaning = ['KPI_STORE_UNAVAILABLE', true, 'the server is not well, or the network between'];
const TIMEOUT: Meaning = ['KPI_STORE_TIMEOUT', true, 'the answer took too long'];
const FAILED: Meaning = ['KPI_QUERY_FAILED', false, 'PostgreSQL takes no such query'];

/** By SQLSTATE, or its class. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '57014': TIMEOUT,
  '55P03': CONFLICT,
  '3D000': DENIED,
  '42501': DENIED,
  '08': UNAVAILABLE,
  '28': DENIED,
  '40': CONFLICT,
  '53': UNAVAILABLE,
  '57': UNAVAILABLE,
  '58': UNAVAILABLE,
  XX: UNAVAILABLE,
};

/** Of the driver, which has no codes for these. */
const SLOW = /timeout/i;
const LOST = /^Connection terminated|connection (ended|error)|not queryable|socket/i;

/**
 * What an error of PostgreSQL, or of its driver, means for the hub. Errors of others stay what they are.
 *
 * @param sql what was asked
 */
export function postgresError(error: unknown, sql: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new HubError('CANCELLED', 'the query was cancelled', { cause: error });
  if (error instanceof HubError || !(error instanceof Error)) return error;
  const meaning = meaningOf(error);
  if (meaning === undefined) return error;
  const [code, retryable, remedy] = meaning;
  return new HubError(code, `${messageOf(error)}; ${remedy}\nin the query: ${sql}`, { retryable, cause: error });
}

function meaningOf(error: Error): Meaning | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof DatabaseError) return MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? FAILED;
  if (code === 'ETIMEDOUT' || SLOW.test(error.message)) return TIMEOUT;
  const isOfSocket = (error as NodeJS.ErrnoException).syscall !== undefined || code === 'EPIPE';
  return isOfSocket || LOST.test(error.message) ? UNAVAILABLE : undefined;
}
