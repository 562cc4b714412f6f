import {
  GetPropertygraphStreamCommand,
  type GetPropertygraphStreamInput,
  type NeptunedataClient,
  type PropertygraphRecord,
} from '@aws-sdk/client-neptunedata';
import { HubError } from '../../../core/errors';
import type { StreamRecord } from '../../../core/graph/stream-changes';
import type { FeedPosition } from '../../../ports/change-feed';
import { callAws } from '../aws-errors';

/** What the service asks to follow, for people. */
const READING = 'reading the stream of Neptune';

/** Neptune's own record of what changed: `GET /propertygraph/stream`. */
export class GraphStream {
  constructor(private readonly client: NeptunedataClient) {}

  /** So many records after a position, or after none; none where there are no more for now. */
  async after({ commitNum, opNum, log }: FeedPosition, limit: number, signal?: AbortSignal): Promise<StreamRecord[]> {
    if (commitNum > 0) return this.read({ iteratorType: 'AFTER_SEQUENCE_NUMBER', commitNum, opNum, limit }, signal);
    // A stream that told that it was empty may have lost nothing since; to others its beginning must still be there.
    if (log !== undefined) return this.read({ iteratorType: 'TRIM_HORIZON', limit }, signal);
    return this.read({ iteratorType: 'AT_SEQUENCE_NUMBER', commitNum: 1, opNum: 1, limit }, signal);
  }

  /** Where the last record is; undefined where there is none. */
  async last(signal?: AbortSignal): Promise<Pick<FeedPosition, 'commitNum' | 'opNum'> | undefined> {
    const records = await this.read({ iteratorType: 'LATEST', limit: 1 }, signal);
    return records.at(-1)?.eventId;
  }

  close(): void {
    this.client.destroy();
  }

  private read(input: GetPropertygraphStreamInput, signal?: AbortSignal): Promise<StreamRecord[]> {
    return callAws(READING, signal, async (abort) => {
      try {
        const { records } = await this.client.send(new GetPropertygraphStreamCommand(input), abort);
        return (records ?? []).map(recordOf);
      } catch (error) {
        return noRecords(error);
      }
    });
  }
}

/** The client's types take event ids for texts, but numbers arrive. */
function recordOf({ commitTimestampInMillis, eventId, data, op, isLastOp }: PropertygraphRecord): StreamRecord {
  return {
    commitTimestamp: commitTimestampInMillis!,
    eventId: { commitNum: Number(eventId!['commitNum']), opNum: Number(eventId!['opNum']) },
    data: data as StreamRecord['data'],
    op: op as StreamRecord['op'],
    ...(isLastOp === undefined ? {} : { isLastOp }),
  };
}

function noRecords(error: unknown): [] {
  if (!(error instanceof Error)) throw error;
  switch (error.name) {
    case 'StreamRecordsNotFoundException':
      return [];
    case 'ExpiredStreamException':
      throw new HubError(
        'FEED_POSITION_EXPIRED',
        `the stream of Neptune does not have what comes after the position any more (${error.message}): it keeps records for the days of the cluster parameter neptune_streams_expiry_days; compute milestones in full (hub run milestones --full), and follow from "now"`,
        { field: 'from', cause: error },
      );
    case 'UnsupportedOperationException':
      throw new HubError(
        'FEED_UNAVAILABLE',
        `the Neptune cluster keeps no stream of changes (${error.message}); set the cluster parameter neptune_streams to 1, and restart its instances`,
        { cause: error },
      );
    default:
      throw error;
  }
}
