/** Where a Kafka cluster is, and as whom it is asked. */
export interface KafkaAddress {
  /** Of some of its brokers, `host:port`. */
  readonly brokers: readonly string[];
  /** Whose offsets tell how far the hub has read. */
  readonly group: string;
  readonly tls: boolean;
  readonly user?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly name: string;
    readonly password: string;
  };
}

const RETRIES = 3;
const RETRY_MS = 500;
const ANSWER_MS = 10_000;

/** What every client of the cluster is made with. */
export function connectionOptions({ brokers, tls, user }: KafkaAddress) {
  return {
    clientId: 'journey-hub',
    bootstrapBrokers: [...brokers],
    retries: RETRIES,
    retryDelay: RETRY_MS,
    timeout: ANSWER_MS,
    ...(tls ? { tls: {}, tlsServerName: true } : {}),
    ...(user === undefined
      ? {}
      : { sasl: { mechanism: user.mechanism, username: user.name, password: user.password } }),
  };
}
