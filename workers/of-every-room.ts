import { join } from 'node:path';
import type { OpenStream } from '../activities/streams';
import { KinesisStream } from '../adapters/aws/kinesis/kinesis-stream';
import { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { LakeScorer, type AskingModels } from '../adapters/local/propensity/lake-scorer';
import { LakeTrainer } from '../adapters/local/propensity/lake-trainer';
import { LakeWatch } from '../adapters/local/propensity/lake-watch';
import { RememberedModels } from '../adapters/local/propensity/remembered-models';
import { StoredModels } from '../adapters/local/propensity/stored-models';
import type { KafkaAddress } from '../adapters/open/kafka/kafka-address';
import { KafkaStream } from '../adapters/open/kafka/kafka-stream';
import { HttpWebhooks } from '../adapters/webhooks/http-webhooks';
import type { Lake } from '../ports/lake';
import type { ObjectStore } from '../ports/object-store';
import type { TreeBooster } from '../ports/tree-booster';
import type { Webhooks } from '../ports/webhooks';
import type { KafkaSettings } from '../schemas/engines';
import { connectionOf, connectionTo } from './aws-connection';
import { passwordOf } from './passwords';
import type { Room } from './room';

/** The DuckDB of a worker, with what hub.yaml gives it. */
export function startDuckDb(hub: Hub): Promise<DuckDb> {
  const { duckdbMemoryMb, threads } = hub.settings.worker;
  return DuckDb.start({ memoryMb: duckdbMemoryMb, threads, tempFolder: join(hub.dataFolder, 'tmp') });
}

/** Opens the streams of sources, which are where hub.yaml says, or where the AWS room is. */
export function streamsOf(hub: Hub): OpenStream {
  const { kafka, kinesis, aws } = hub.settings.engines;
  const password = passwordOf('kafka', hub);
  return ({ stream }) => {
    if ('kafka' in stream) return new KafkaStream(kafkaAddress(kafka!, password), { topic: stream.kafka });
    const connection = kinesis === undefined ? connectionOf(aws!) : connectionTo('kinesis', kinesis);
    return new KinesisStream(connection, { stream: stream.kinesis });
  };
}

function kafkaAddress({ user, mechanism, ...cluster }: KafkaSettings, password: string | undefined): KafkaAddress {
  if (user === undefined) return cluster;
  return { ...cluster, user: { name: user, mechanism: mechanism!, password: password! } };
}

/** What models are learned and asked by; what is not given is done in this process. */
export interface ModelEngines extends AskingModels {
  readonly startBooster?: (() => Promise<TreeBooster>) | undefined;
}

/** Models of what is likely to happen, which are kept as objects. */
export function propensityOf(
  hub: Hub,
  lake: Lake,
  objects: ObjectStore,
  { startBooster, ...asking }: ModelEngines = {},
): Pick<Room, 'trainer' | 'scorer' | 'watch'> {
  const models = new RememberedModels(new StoredModels(objects, join(hub.dataFolder, 'tmp')));
  return {
    trainer: new LakeTrainer(lake, models, hub.settings.worker.threads, startBooster),
    scorer: new LakeScorer(lake, models, asking),
    watch: new LakeWatch(lake, models),
  };
}

/** The systems that are told of milestones; secrets are in the environment. */
export function openWebhooks({ settings: { webhooks, name } }: Hub, environment: NodeJS.ProcessEnv): Webhooks {
  return new HttpWebhooks({ webhooks, hub: name, environment });
}
