import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { copyMavenDependencies } from '../../adapters/local/engines/archives';
import { run } from '../../adapters/local/engines/command';
import { installedEngine } from '../../adapters/local/engines/engine-cache';
import { javaProgram } from '../../adapters/local/engines/gremlin-jars';
import { freePort, LOOPBACK } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { engineUsed } from '../support/used-engines';

const VERSION = '4.1.0';
const READY_MS = 60_000;
const HEAP = ['-Xmx400M', '-Xms128M', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/** Of a cluster: any 16 bytes in base64. */
const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg';

/** Who may ask at the listener that asks for a password. */
export const KAFKA_USER = { mechanism: 'PLAIN', name: 'hub', password: 'of the hub' } as const;

export interface KafkaServer {
  /** Lets everybody in. */
  readonly broker: string;
  /** Asks for a password, by SASL PLAIN. */
  readonly guardedBroker: string;
  readonly admin: Admin;
  /** kill -9; it starts again with what is on its disk, and `back` resolves when it answers. */
  kill(): { readonly back: Promise<void> };
  stop(): Promise<void>;
}

/** A Kafka of one broker, which is its own controller, in a temporary folder. Throws `ENGINE_MISSING`, `ENGINE_START_FAILED`. */
export async function startKafka(): Promise<KafkaServer> {
  const [lib, java] = await Promise.all([kafkaJars(), javaProgram()]);
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-kafka-'));
  const [port, guarded, controller] = [await freePort(), await freePort(), await freePort()];
  const properties = join(dir, 'server.properties');
  await writeFile(properties, settings(dir, { port, guarded, controller }));
  const classes = ['-cp', join(lib, '*')];
  const format = ['format', '-t', CLUSTER, '-c', properties];
  await run(java, [...HEAP, ...classes, 'kafka.tools.StorageTool', ...format], { cwd: dir, timeoutMs: READY_MS });
  const broker = `${LOOPBACK}:${port}`;
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker], retries: 10, retryDelay: 200 });
  let restarted: () => void = () => undefined;
  const server = await SupervisedProcess.start(
    {
      name: 'Kafka',
      command: java,
      args: [...HEAP, ...classes, 'kafka.Kafka', properties],
      cwd: dir,
      logFile: join(dir, 'kafka.log'),
      recordFile: join(dir, 'kafka.process.json'),
      probe: () => probe(broker),
      readyWithinMs: READY_MS,
      graceMs: 500,
    },
    { maxRestarts: 100, onRestart: () => restarted() },
  );
  engineUsed('Kafka');
  return {
    broker,
    guardedBroker: `${LOOPBACK}:${guarded}`,
    admin,
    kill: () => {
      const back = new Promise<void>((resolve) => (restarted = resolve));
      process.kill(server.pid!, 'SIGKILL');
      return { back };
    },
    stop: async () => {
      await admin.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function probe(broker: string): Promise<void> {
  const admin = new Admin({ clientId: 'probe', bootstrapBrokers: [broker], retries: 0, timeout: 2_000 });
  try {
    await admin.listTopics({});
  } finally {
    await admin.close();
  }
}

function settings(dir: string, { port, guarded, controller }: Record<'port' | 'guarded' | 'controller', number>) {
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return [
    ...['process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@${LOOPBACK}:${controller}`],
    `listeners=PLAINTEXT://${LOOPBACK}:${port},SASL_PLAINTEXT://${LOOPBACK}:${guarded},CONTROLLER://${LOOPBACK}:${controller}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    ...['controller.listener.names=CONTROLLER', 'inter.broker.listener.name=PLAINTEXT'],
    'sasl.enabled.mechanisms=PLAIN',
    `listener.name.sasl_plaintext.plain.sasl.jaas.config=${plain} user_${KAFKA_USER.name}="${KAFKA_USER.password}";`,
    `log.dirs=${join(dir, 'logs')}`,
    ...['offsets.topic.replication.factor=1', 'offsets.topic.num.partitions=1'],
    ...['transaction.state.log.replication.factor=1', 'transaction.state.log.num.partitions=1'],
    ...['transaction.state.log.min.isr=1', 'auto.create.topics.enable=false', 'group.initial.rebalance.delay.ms=0'],
    // Old records are looked for more often than anybody's cluster does it.
    ...['log.retention.check.interval.ms=500', 'log.segment.delete.delay.ms=100', ''],
  ].join('\n');
}

async function kafkaJars(): Promise<string> {
  const folder = await installedEngine(
    {
      name: 'kafka',
      version: VERSION,
      sources: [
        { title: 'fetching with Maven', install: (into) => copyMavenDependencies(ARTIFACTS, join(into, 'lib')) },
      ],
      remedy: 'Install Maven.',
    },
    () => undefined,
  );
  return join(folder, 'lib');
}

const ARTIFACTS = [
  { group: 'org.apache.kafka', artifact: 'kafka_2.13', version: VERSION },
  // It logs through slf4j, and says nothing at all without one of its back ends.
  { group: 'org.slf4j', artifact: 'slf4j-simple', version: '1.7.36' },
];
