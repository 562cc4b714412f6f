import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { HubError } from '../core/errors';

/** How a process proves to a Temporal cluster who it is, and knows the cluster: nothing for a server without TLS. */
export type TemporalSecurity = Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly apiKey?: string };

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
