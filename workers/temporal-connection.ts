import { isGrpcServiceError, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { HubError, messageOf } from '../core/errors';

/** How a process proves to a Temporal cluster who it is, and knows the cluster: nothing for a server without TLS. */
export type TemporalSecurity = Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly apiKey?: string };

/** Where a hub's workflows are. */
export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
}

const GRPC_NOT_FOUND = 5;
export const GRPC_PERMISSION_DENIED = 7;
const GRPC_UNAUTHENTICATED = 16;

/**
 * Connects to a Temporal cluster, or asks it the first thing.
 *
 * @throws HubError TEMPORAL_UNAVAILABLE, TEMPORAL_NAMESPACE_UNKNOWN, TEMPORAL_ACCESS_DENIED, each naming address, field and remedy
 */
export async function reachTemporal<T>(place: TemporalPlace, reach: () => Promise<T>): Promise<T> {
  try {
    return await reach();
  } catch (error) {
    throw error instanceof HubError ? error : unreached(place, error);
  }
}

function unreached({ address, namespace }: TemporalPlace, cause: unknown): HubError {
  const code = isGrpcServiceError(cause) ? cause.code : undefined;
  const [reason] = messageOf(cause).split('\n');
  if (code === GRPC_NOT_FOUND) {
    const message = `the Temporal cluster at ${address} has no namespace "${namespace}" (${reason}): make it there, or correct engines.temporal.namespace in hub.yaml, or TEMPORAL_NAMESPACE`;
    return new HubError('TEMPORAL_NAMESPACE_UNKNOWN', message, { field: 'engines.temporal.namespace', cause });
  }
  if (code === GRPC_PERMISSION_DENIED || code === GRPC_UNAUTHENTICATED) {
    const message = `the Temporal cluster at ${address} does not let the hub in (${reason}): check TEMPORAL_API_KEY or the certificates of TEMPORAL_TLS_*, and engines.temporal.namespace in hub.yaml`;
    return new HubError('TEMPORAL_ACCESS_DENIED', message, { field: 'engines.temporal', cause });
  }
  const message = `no Temporal server answers at ${address} (${reason}): start it, or correct engines.temporal.address in hub.yaml, or TEMPORAL_ADDRESS; a cluster with TLS needs TEMPORAL_TLS or TEMPORAL_API_KEY`;
  return new HubError('TEMPORAL_UNAVAILABLE', message, { field: 'engines.temporal.address', retryable: true, cause });
}

/**
 * The security of connections to Temporal, by the environment variables that all its tools know: `TEMPORAL_TLS`,
 * `TEMPORAL_API_KEY` (which implies TLS), `TEMPORAL_TLS_SERVER_NAME`, and `TEMPORAL_TLS_SERVER_CA_CERT_PATH`,
 * `TEMPORAL_TLS_CLIENT_CERT_PATH`, `TEMPORAL_TLS_CLIENT_KEY_PATH`, or each with `_DATA` in place of `_PATH`.
 *
 * Temporal's file of profiles is not read: a hub is the same whoever's account it runs under.
 *
 * @throws HubError SETTING_INVALID for a value that is neither true nor false, and for a key that would go over the wire unencrypted
 */
export function temporalSecurity(environment: NodeJS.ProcessEnv = process.env): TemporalSecurity {
  // A secret that a task has without a value yet is none.
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  checkTls(environment['TEMPORAL_TLS']);
  const { connectionOptions } = loadClientConnectConfig({
    disableFile: true,
    overrideEnvVars: Object.fromEntries(given) as Record<string, string>,
  });
  const { apiKey, tls, metadata } = connectionOptions;
  if (apiKey !== undefined && tls === false) {
    throw invalid('TEMPORAL_API_KEY needs TLS: leave TEMPORAL_TLS out, or set it to true');
  }
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** What is mistyped would mean "no encryption". */
function checkTls(value = ''): void {
  if (!/^(|true|false|1|0)$/i.test(value)) throw invalid(`TEMPORAL_TLS: expected true or false, found "${value}"`);
}

function invalid(message: string): HubError {
  return new HubError('SETTING_INVALID', message, { field: 'engines.temporal' });
}
