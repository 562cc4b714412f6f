import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HubError } from '../../core/errors';

/** The services that the room talks to, by the names that AWS has for their endpoints. */
export const AWS_SERVICES = [
  'athena',
  'dynamodb',
  'glue',
  'kinesis',
  'neptune',
  'quicksight',
  'redshift-data',
  's3',
  'sagemaker',
  'sagemaker-runtime',
] as const;

export type AwsService = (typeof AWS_SERVICES)[number];

/** How AWS is reached. Who asks is never part of it: credentials come from the SDK's default chain. */
export interface AwsConnection {
  readonly region: string;
  /** Addresses of services that are not at AWS's own: VPC endpoints, clusters, stand-ins. */
  readonly endpoints?: Readonly<Partial<Record<AwsService, string>>>;
  /** The hub's version, for the user agent. */
  readonly version: string;
  /** How often a request is tried at most; by default 5. */
  readonly attempts?: number;
  /** How long a connection may take to come about, in milliseconds; by default 5,000. */
  readonly connectMs?: number;
  /**
   * How long a request may take until its answer begins, its upload included, and for how long an answer may pause, in
   * milliseconds; by default 70,000: SageMaker lets a model think for 60 s.
   */
  readonly requestMs?: number;
}

/** What the constructor of every SDK client takes. */
export interface AwsClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  readonly requestHandler: NodeHttpHandler;
  readonly customUserAgent: string;
}

const ATTEMPTS = 5;
const CONNECT_MS = 5_000;
const REQUEST_MS = 70_000;

/**
 * The one policy of every client: where the service is, how often and how long it is tried, and who says to ask.
 * Attempts back off exponentially with jitter, and all of a client share a budget, so that a service that is down is
 * not asked five times as often (the SDK's `standard` mode). Each client gets a handler of its own, which goes with it.
 *
 * @throws HubError `AWS_ENDPOINT_INVALID` for an address that is no http(s) URL
 */
export function clientConfig(service: AwsService, connection: AwsConnection): AwsClientConfig {
  const endpoint = endpointOf(service, connection);
  const requestMs = connection.requestMs ?? REQUEST_MS;
  return {
    region: connection.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    retryMode: 'standard',
    maxAttempts: connection.attempts ?? ATTEMPTS,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connection.connectMs ?? CONNECT_MS,
      requestTimeout: requestMs,
      // Without it a request that takes too long is only warned of.
      throwOnRequestTimeout: true,
      // The request's own time ends where the answer begins; this one guards the answer's body.
      socketTimeout: requestMs,
    }),
    customUserAgent: `journey-hub/${connection.version}`,
  };
}

/** The address given for a service, or undefined for AWS's own. Throws `AWS_ENDPOINT_INVALID`. */
export function endpointOf(service: AwsService, { endpoints }: AwsConnection): string | undefined {
  const endpoint = endpoints?.[service];
  if (endpoint === undefined) return undefined;
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : undefined;
  if (protocol === 'https:' || protocol === 'http:') return endpoint;
  throw new HubError(
    'AWS_ENDPOINT_INVALID',
    `the endpoint of ${service}, "${endpoint}", is not a URL with http:// or https://`,
    { field: `endpoints.${service}` },
  );
}
