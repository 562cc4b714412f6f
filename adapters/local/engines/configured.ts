import type { ConnectionOptions } from '@temporalio/client';
import { HubError, messageOf } from '../../../core/errors';
import { probeGremlin } from './gremlin-server';
import { probeNamespace } from './temporal-server';

/** Checks that the Temporal cluster of hub.yaml answers and has the namespace. Throws `ENGINE_UNREACHABLE`. */
export async function checkConfiguredTemporal(
  cluster: ConnectionOptions & { readonly address: string },
  namespace: string,
): Promise<void> {
  await probeNamespace(cluster, namespace).catch((error: unknown) => {
    throw unreachable(`Temporal at ${cluster.address}, namespace "${namespace}"`, 'engines.temporal.address', error);
  });
}

/** Checks that the Gremlin Server of hub.yaml answers. Throws `ENGINE_UNREACHABLE`. */
export async function checkConfiguredGremlin(url: string): Promise<void> {
  await probeGremlin(url).catch((error: unknown) => {
    throw unreachable(`the Gremlin server at ${url}`, 'engines.gremlin.url', error);
  });
}

function unreachable(what: string, field: string, cause: unknown): HubError {
  return new HubError(
    'ENGINE_UNREACHABLE',
    `hub.yaml, ${field}: ${what} does not answer (${messageOf(cause)}); start it, or leave the setting out and the hub starts its own`,
    { retryable: true, field, cause },
  );
}
