import { HubError } from '../../../core/errors';
import { endpointOf, type AwsConnection } from '../client-policy';

/**
 * The address that leads to a cluster's writer.
 *
 * @throws HubError `AWS_ENDPOINT_INVALID` where it is missing or no URL
 */
export function writerOf(connection: AwsConnection): string {
  const address = endpointOf('neptune', connection);
  if (address !== undefined) return address;
  throw new HubError(
    'AWS_ENDPOINT_INVALID',
    'no address of the Neptune cluster is given; set endpoints.neptune to that of its writer, as in "https://HOST:8182"',
    { field: 'endpoints.neptune' },
  );
}

/** Where a cluster of an address takes Gremlin. */
export function websocketOf(address: string): string {
  const url = new URL('/gremlin', address);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url.href;
}
