import {
  Admin,
  Consumer,
  FetchIsolationLevels,
  ListOffsetTimestamps,
  type ClusterTopicMetadata,
  type fetchV17,
} from '@platformatic/kafka';
import { HubError } from '../../../core/errors';
import type { EventStream, RecordPage, StreamShard, StreamStart } from '../../../ports/event-stream';
import { connectionOptions, type KafkaAddress } from './kafka-address';
import { isOutOfRange, kafkaError } from './kafka-errors';
import { pageOf } from './read-batches';

export interface KafkaStreamOptions {
  readonly topic: string;
  /** Of one answer, at about most: the broker gives whole batches, and always one. */
  readonly pageBytes?: number;
  /** How long the broker waits for something new before it answers that there is nothing. */
  readonly waitMs?: number;
}

const PAGE_BYTES = 2 * 1024 * 1024;
const WAIT_MS = 100;

/**
 * A topic of Kafka: its partitions are shards, which never end, and offsets are positions. Partitions are read without joining
 * the group, whose offsets are only told, for whoever watches how far behind the hub is.
 */
export class KafkaStream implements EventStream {
  private readonly consumer: Consumer;
  private readonly admin: Admin;

  constructor(
    private readonly address: KafkaAddress,
    private readonly options: KafkaStreamOptions,
  ) {
    const connection = connectionOptions(address);
    this.consumer = new Consumer({ ...connection, groupId: address.group });
    this.admin = new Admin(connection);
  }

  async identity(signal?: AbortSignal): Promise<string> {
    const { id } = await this.topic('looking at the making', signal);
    return `${this.options.topic} with the id ${id}`;
  }

  async shards(signal?: AbortSignal): Promise<StreamShard[]> {
    const { partitionsCount } = await this.topic('listing partitions', signal);
    return Array.from({ length: partitionsCount }, (_, partition) => ({ id: String(partition), parents: [] }));
  }

  async *read(
    shard: string,
    after: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): AsyncGenerator<RecordPage> {
    const partition = Number(shard);
    let next = await this.offsetOf(partition, after, signal);
    for (;;) {
      const fetched = await this.fetch(partition, next, signal);
      if (fetched === 'out of range') {
        next = await this.offsetAt(partition, ListOffsetTimestamps.EARLIEST, signal);
        continue;
      }
      const page = pageOf(fetched, next, Date.now());
      next = page.next;
      yield page;
    }
  }

  async readUpTo(places: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    const partitionOffsets = Object.entries(places).map(([partition, position]) => ({
      partition: Number(partition),
      offset: BigInt(position) + 1n,
    }));
    if (partitionOffsets.length === 0) return;
    const told = { groupId: this.address.group, topics: [{ name: this.options.topic, partitionOffsets }] };
    await this.call(`telling the group "${this.address.group}" the offsets`, signal, () =>
      this.admin.alterConsumerGroupOffsets(told),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.consumer.close(), this.admin.close()]);
  }

  private async offsetOf(
    partition: number,
    after: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): Promise<bigint> {
    if (after === 'oldest') return this.offsetAt(partition, ListOffsetTimestamps.EARLIEST, signal);
    if ('position' in after) return BigInt(after.position) + 1n;
    const since = await this.offsetAt(partition, BigInt(after.since), signal);
    // Where nothing is as young, the broker names no offset.
    return since >= 0n ? since : this.offsetAt(partition, ListOffsetTimestamps.LATEST, signal);
  }

  /** @param timestamp epoch milliseconds, or one of Kafka's names of either end */
  private async offsetAt(partition: number, timestamp: bigint, signal: AbortSignal): Promise<bigint> {
    const { topic } = this.options;
    const offsets = await this.call(`finding the place in partition ${partition}`, signal, () =>
      this.consumer.listOffsets({ topics: [topic], partitions: { [topic]: [partition] }, timestamp }),
    );
    return offsets.get(topic)![partition]!;
  }

  private async fetch(
    partition: number,
    fetchOffset: bigint,
    signal: AbortSignal,
  ): Promise<fetchV17.FetchResponsePartition | 'out of range'> {
    const what = `reading partition ${partition}`;
    const { pageBytes = PAGE_BYTES, waitMs = WAIT_MS } = this.options;
    const { id: topicId, partitions } = await this.topic(what, signal);
    const asked = {
      partition,
      fetchOffset,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: pageBytes,
    };
    try {
      const { responses } = await this.call(what, signal, () =>
        this.consumer.fetch({
          node: partitions[partition]!.leader,
          topics: [{ topicId, partitions: [asked] }],
          maxBytes: pageBytes,
          maxWaitTime: waitMs,
          isolationLevel: FetchIsolationLevels.READ_COMMITTED,
        }),
      );
      return responses[0]!.partitions[0]!;
    } catch (error) {
      if (error instanceof HubError && isOutOfRange(error.cause)) return 'out of range';
      throw error;
    }
  }

  private async topic(what: string, signal: AbortSignal | undefined): Promise<ClusterTopicMetadata> {
    const { topics } = await this.call(what, signal, () => this.consumer.metadata({ topics: [this.options.topic] }));
    return topics.get(this.options.topic)!;
  }

  private async call<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const told = `${what} of the Kafka topic "${this.options.topic}"`;
    const cancelled = () => new HubError('CANCELLED', `${told} was cancelled`, { cause: signal!.reason });
    if (signal?.aborted) throw cancelled();
    let stop = () => undefined as void;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(cancelled());
      signal?.addEventListener('abort', stop);
    });
    try {
      // The client knows no signal: what it still waits for ends when it is closed.
      return await Promise.race([work(), stopped]);
    } catch (error) {
      throw kafkaError(error, told);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}
