import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeStreamSummaryCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ResourceNotFoundException,
  type GetRecordsCommandOutput,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { HubError } from '../../../core/errors';
import type { EventStream, RecordPage, StreamShard, StreamStart } from '../../../ports/event-stream';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';

export interface KinesisStreamOptions {
  readonly stream: string;
  /** Records of one answer at most; Kinesis gives 10 MB at most. */
  readonly pageRecords?: number;
  /** Between two answers of a shard that has nothing new: Kinesis lets a shard be asked five times a second. */
  readonly pauseMs?: number;
}

const PAGE_RECORDS = 1_000;
const PAUSE_MS = 250;
const THROTTLED_MS = 1_000;

/** A data stream of Kinesis. Iterators live for five minutes: they are had anew from the last record read. */
export class KinesisStream implements EventStream {
  private readonly client: KinesisClient;

  constructor(
    connection: AwsConnection,
    private readonly options: KinesisStreamOptions,
  ) {
    this.client = new KinesisClient(clientConfig('kinesis', connection));
  }

  async identity(signal?: AbortSignal): Promise<string> {
    const command = new DescribeStreamSummaryCommand({ StreamName: this.options.stream });
    const { StreamDescriptionSummary: summary } = await this.call('looking at the making', signal, () =>
      this.client.send(command, { abortSignal: signal }),
    );
    return `${summary!.StreamARN} of ${summary!.StreamCreationTimestamp!.toISOString()}`;
  }

  async shards(signal?: AbortSignal): Promise<StreamShard[]> {
    const found: StreamShard[] = [];
    let next: string | undefined;
    do {
      const page = await this.call('listing shards', signal, () =>
        this.client.send(
          new ListShardsCommand(next === undefined ? { StreamName: this.options.stream } : { NextToken: next }),
          { abortSignal: signal },
        ),
      );
      found.push(...(page.Shards ?? []).map(shardOf));
      next = page.NextToken;
    } while (next !== undefined);
    return found;
  }

  async *read(
    shard: string,
    after: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): AsyncGenerator<RecordPage> {
    const { pauseMs = PAUSE_MS } = this.options;
    let place = after;
    let iterator = await this.iterator(shard, place, signal);
    while (iterator !== undefined) {
      const answer = await this.records(shard, iterator, signal);
      if (answer === 'expired') {
        iterator = await this.iterator(shard, place, signal);
        continue;
      }
      const page = pageOf(answer);
      const last = page.records[page.records.length - 1];
      if (last !== undefined) place = { position: last.position };
      yield page;
      iterator = answer.NextShardIterator;
      if (page.records.length === 0) await pause(pauseMs, signal);
    }
  }

  /** Kinesis keeps no such places. */
  readUpTo(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }

  private async iterator(
    shard: string,
    place: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const command = new GetShardIteratorCommand({
      StreamName: this.options.stream,
      ShardId: shard,
      ...iteratorOf(place),
    });
    const answer = await this.call(`finding the place in ${shard}`, signal, () =>
      this.client.send(command, { abortSignal: signal }),
    );
    return answer.ShardIterator;
  }

  private async records(
    shard: string,
    iterator: string,
    signal: AbortSignal,
  ): Promise<GetRecordsCommandOutput | 'expired'> {
    const { pageRecords = PAGE_RECORDS } = this.options;
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: pageRecords });
    for (;;) {
      try {
        return await this.call(`reading ${shard}`, signal, () => this.client.send(command, { abortSignal: signal }));
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        if (error.cause instanceof ExpiredIteratorException) return 'expired';
        // A shard that went while it was read has nothing more to tell.
        if (error.cause instanceof ResourceNotFoundException) return { $metadata: {}, Records: [] };
        if (error.code !== 'AWS_THROTTLED') throw error;
        await pause(THROTTLED_MS, signal);
      }
    }
  }

  private call<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return callAws(`${what} of the Kinesis stream "${this.options.stream}"`, signal, work);
  }
}

function shardOf({ ShardId, ParentShardId, AdjacentParentShardId }: Shard): StreamShard {
  return { id: ShardId!, parents: [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined) };
}

function iteratorOf(place: { readonly position: string } | StreamStart) {
  if (place === 'oldest') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
  if ('since' in place) return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(place.since) } as const;
  return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: place.position } as const;
}

function pageOf({ Records = [], MillisBehindLatest = 0, NextShardIterator }: GetRecordsCommandOutput): RecordPage {
  return {
    records: Records.map(({ SequenceNumber, Data }) => ({ position: SequenceNumber!, data: Data! })),
    behindMs: MillisBehindLatest,
    isEnd: NextShardIterator === undefined,
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    throw new HubError('CANCELLED', 'reading a stream was cancelled', { cause: error });
  }
}
