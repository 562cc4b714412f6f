import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { HubError, messageOf } from '../../core/errors';

type SdkError = Parameters<typeof isThrottlingError>[0];

/** What is wrong with a request, by the names that services give it. */
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'];
const UNKNOWN_CALLER = [
  'CredentialsProviderError',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
];
const SKEWED_CLOCK = ['RequestInTheFuture', 'RequestTimeTooSkewed'];
const DENIED = ['AccessDenied', 'AccessDeniedException', 'NotAuthorized', 'UnauthorizedAccess', 'AllAccessDisabled'];
const NOT_FOUND = [
  'EntityNotFoundException',
  'NoSuchBucket',
  'NoSuchKey',
  'NotFound',
  'ResourceNotFound',
  'ResourceNotFoundException',
];

const REMEDY = {
  expired: 'the credentials expired and were not renewed: sign in again, or renew the role that the process runs under',
  unknown:
    'AWS does not know who asks: give the process credentials that the SDK finds (environment, profile, or the role of its task, pod or instance), and check that they are of this account and region',
  clock: "this machine's clock is off by minutes: set it by NTP",
  denied:
    'allow the role that the process runs under to do this, and look for what denies it: policies of the resource, of the KMS key, of the organisation',
  notFound: 'check the name, the account and the region',
  invalid: 'the service takes no such request',
  throttled: 'the service is asked more often than it lets the account',
  timeout: 'no answer came in time',
  unavailable: 'the service is not well, or the network between',
} as const;

/**
 * What an error of the SDK means for the hub. Errors that are the hub's already, and those that nobody foresaw, stay
 * what they are.
 *
 * Retryable: `AWS_THROTTLED`, `AWS_TIMEOUT`, `AWS_UNAVAILABLE`. Not: `AWS_CREDENTIALS_EXPIRED`, `AWS_CREDENTIALS_INVALID`,
 * `AWS_CLOCK_SKEWED`, `AWS_ACCESS_DENIED`, `AWS_NOT_FOUND`, `AWS_REQUEST_INVALID`, and `CANCELLED` once the signal fired.
 *
 * @param what the request, for people: "putting s3://bucket/key"
 */
export function awsError(error: unknown, what: string, signal?: AbortSignal): unknown {
  if (error instanceof HubError) return error;
  if (signal?.aborted || isAbort(error)) return new HubError('CANCELLED', `${what} was cancelled`, { cause: error });
  if (!(error instanceof Error)) return error;
  const meaning = meaningOf(error as SdkError);
  if (meaning === undefined) return error;
  const [code, remedy, retryable] = meaning;
  return new HubError(code, `${what} failed: ${detailsOf(error as SdkError)}; ${remedy}`, { retryable, cause: error });
}

/** What a client is given with a request, so that the request ends when the signal fires. */
export interface Abort {
  readonly abortSignal?: AbortSignal;
}

/** Does something with a client of AWS, which is given the signal. Throws as `awsError` tells. */
export async function callAws<T>(
  what: string,
  signal: AbortSignal | undefined,
  work: (abort: Abort) => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work(signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    throw awsError(error, what, signal);
  }
}

type Meaning = readonly [code: string, remedy: string, retryable: boolean];

function meaningOf(error: SdkError): Meaning | undefined {
  // Who asks comes first: the SDK calls some of these transient, as it hopes to correct a clock.
  if (EXPIRED.includes(error.name)) return ['AWS_CREDENTIALS_EXPIRED', REMEDY.expired, false];
  if (UNKNOWN_CALLER.includes(error.name)) return ['AWS_CREDENTIALS_INVALID', REMEDY.unknown, false];
  if (SKEWED_CLOCK.includes(error.name)) return ['AWS_CLOCK_SKEWED', REMEDY.clock, false];
  if (isThrottlingError(error)) return ['AWS_THROTTLED', REMEDY.throttled, true];
  if (isTimeout(error)) return ['AWS_TIMEOUT', REMEDY.timeout, true];
  if (isServerError(error) || isTransientError(error) || isLostConnection(error))
    return ['AWS_UNAVAILABLE', REMEDY.unavailable, true];
  const status = error.$metadata?.httpStatusCode;
  if (DENIED.includes(error.name) || status === 401 || status === 403)
    return ['AWS_ACCESS_DENIED', REMEDY.denied, false];
  if (NOT_FOUND.includes(error.name) || status === 404) return ['AWS_NOT_FOUND', REMEDY.notFound, false];
  if (status !== undefined && status >= 300) return ['AWS_REQUEST_INVALID', REMEDY.invalid, false];
  return undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Node's own codes of sockets that end while an answer is read, which the SDK does not retry. */
const LOST = ['ECONNABORTED', 'ECONNRESET', 'ENETDOWN', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'];

function isLostConnection(error: Error): boolean {
  return LOST.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The SDK calls every lost socket a `TimeoutError`; those with a code of Node's are not about time. */
function isTimeout(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  const isNamedSo = ['TimeoutError', 'RequestTimeout', 'RequestTimeoutException'].includes(error.name);
  return code === 'ETIMEDOUT' || (isNamedSo && code === undefined);
}

function detailsOf(error: SdkError): string {
  const { requestId, attempts, httpStatusCode } = error.$metadata ?? {};
  const details = [
    ...(httpStatusCode === undefined ? [] : [`status ${httpStatusCode}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(attempts === undefined || attempts < 2 ? [] : [`tried ${attempts} times`]),
  ];
  // An answer without a body leaves only the name, as to HEAD.
  const said = messageOf(error) === '' || messageOf(error) === error.name ? '' : `: ${messageOf(error)}`;
  return `${error.name}${said}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
