import { NeptunedataClient } from '@aws-sdk/client-neptunedata';
import type { AwsCredentialIdentityProvider, HttpRequest } from '@smithy/types';
import { clientConfig, type AwsConnection } from '../client-policy';

/** What talks to Neptune's data API over HTTP: streams and the bulk loader. Unsigned where the cluster is without IAM. */
export function neptuneDataClient(
  connection: AwsConnection,
  credentials: AwsCredentialIdentityProvider | undefined,
): NeptunedataClient {
  const identity = credentials === undefined ? { signer: UNSIGNED } : { credentials };
  return new NeptunedataClient({ ...clientConfig('neptune', connection), ...identity });
}

const UNSIGNED = { sign: (request: HttpRequest) => Promise.resolve(request) };
