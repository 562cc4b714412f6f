import { AuthenticationError, GenericError, NetworkError, TimeoutError, UserError } from '@platformatic/kafka';
import { HubError, messageOf } from '../../../core/errors';

type Meaning = readonly [code: string, retryable: boolean, remedy: string];

const DENIED: Meaning = [
  'KAFKA_ACCESS_DENIED',
  false,
  'check engines.kafka in hub.yaml: tls, mechanism, user, and the password in the variable that passwordVariable names; the user has to read the topic and the group',
];
const UNKNOWN: Meaning = [
  'KAFKA_TOPIC_UNKNOWN',
  false,
  'make the topic, or name another one in stream.kafka of the source',
];
const UNAVAILABLE: Meaning = ['KAFKA_UNAVAILABLE', true, 'the brokers are not well, or the network between'];
const FAILED: Meaning = ['KAFKA_FAILED', false, 'Kafka takes no such request'];

/** By Kafka's own names of errors. */
const DENYING = /AUTHORIZATION_FAILED$|^(UNSUPPORTED_|ILLEGAL_)?SASL_|^SECURITY_DISABLED$/;
const NO_TOPIC = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INVALID_TOPIC_EXCEPTION']);

/** What an error of Kafka's client means for the hub; errors of others stay what they are. */
export function kafkaError(error: unknown, what: string): unknown {
  const all = withReasons(error);
  if (error instanceof HubError || !all.some((one) => one instanceof GenericError)) return error;
  const [code, retryable, remedy] = meaningOf(all);
  const innermost = all.filter((one) => reasonsOf(one).length === 0);
  const messages = [...new Set(innermost.map(messageOf))].join('; ');
  return new HubError(code, `${what}: ${messages}; ${remedy}`, { retryable, cause: error });
}

/** Whether a place was asked for that the partition does not have, any more or at all. */
export function isOutOfRange(error: unknown): boolean {
  return withReasons(error).some((one) => nameOf(one) === 'OFFSET_OUT_OF_RANGE');
}

function meaningOf(errors: readonly unknown[]): Meaning {
  const names = errors.map(nameOf);
  if (errors.some((one) => one instanceof AuthenticationError) || names.some((name) => DENYING.test(name)))
    return DENIED;
  const isNoTopic = (one: unknown) => one instanceof UserError && one.message.startsWith('Unknown topic');
  if (names.some((name) => NO_TOPIC.has(name)) || errors.some(isNoTopic)) return UNKNOWN;
  const isUnwell = (one: unknown) =>
    one instanceof NetworkError || one instanceof TimeoutError || (one as { canRetry?: boolean }).canRetry === true;
  return errors.some(isUnwell) ? UNAVAILABLE : FAILED;
}

function nameOf(error: unknown): string {
  return (error as { apiId?: string }).apiId ?? '';
}

/** An error, and those below it: the client wraps what a broker said many times. */
function withReasons(error: unknown): unknown[] {
  return [error, ...reasonsOf(error).flatMap(withReasons)];
}

function reasonsOf(error: unknown): unknown[] {
  const { errors = [], cause } = error as Partial<AggregateError>;
  return cause === undefined ? errors : [...errors, cause];
}
