import { DatabaseError } from 'pg';
import { HubError, messageOf } from '../../../core/errors';

type Meaning = readonly [code: string, retryable: boolean, remedy: string];

const CONFLICT: Meaning = ['KPI_STORE_CONFLICT', true, 'somebody else changed the same'];
const DENIED: Meaning = [
  'KPI_STORE_ACCESS_DENIED',
  false,
  'check engines.postgres in hub.yaml: address, database, user, and the password in the variable that passwordVariable names; the user may have to create schemas in the database',
];
const INSECURE: Meaning = [
  'KPI_STORE_ACCESS_DENIED',
  false,
  'check the TLS of engines.postgres.url in hub.yaml: sslmode=disable for a server that has none, sslrootcert=<file> with the authority of its certificate, and the host by the name that the certificate has',
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
const LOST = /^Connection terminated|connection (ended|error)|not queryable|socket|establishing an SSL connection/i;
const NO_TLS = /does not support SSL/;
/** Of the driver's way to show a password: there is none, or the server does not know it. */
const UNKNOWN = /^SASL/;
/** Node's codes of certificates, and of what is no TLS. */
const UNTRUSTED =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$)/;

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
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (error instanceof DatabaseError) return MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? FAILED;
  if (UNKNOWN.test(error.message)) return DENIED;
  // The only files that are opened are those of certificates and keys.
  if (NO_TLS.test(error.message) || UNTRUSTED.test(code) || syscall === 'open') return INSECURE;
  if (code === 'ETIMEDOUT' || SLOW.test(error.message)) return TIMEOUT;
  const isOfSocket = syscall !== undefined || code === 'EPIPE';
  return isOfSocket || LOST.test(error.message) ? UNAVAILABLE : undefined;
}
