import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';

/** The name that Neptune's data plane has in signatures and policies. */
export const NEPTUNE_SIGNING_NAME = 'neptune-db';

/**
 * The headers by which Neptune knows who opens a websocket: the request that upgrades the connection, signed as any
 * other (SigV4). They hold for five minutes, so every connection needs its own.
 *
 * @param url of the websocket, `wss://host:8182/gremlin`
 */
export async function signedUpgrade(
  url: string,
  region: string,
  credentials: AwsCredentialIdentity,
): Promise<Record<string, string>> {
  const { protocol, hostname, host, port, pathname } = new URL(url);
  const signer = new SignatureV4({
    service: NEPTUNE_SIGNING_NAME,
    region,
    credentials,
    sha256: Hash.bind(null, 'sha256'),
  });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: {},
    headers: { host },
  });
  return headers;
}
