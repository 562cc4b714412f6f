import type { fetchV17, RecordsBatch } from '@platformatic/kafka';
import type { RecordPage, StreamRecord } from '../../../ports/event-stream';

/** A page, and the offset from which the next one is read. */
type KafkaPage = RecordPage & { readonly next: bigint };

const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
/** The second number of a control record's key: what ended the transaction. */
const ABORT = 0;
const EMPTY = new Uint8Array(0);

/**
 * What a partition answered, from an offset on: a broker gives whole batches, which may begin before it, and those of transactions
 * that were aborted, which count for nothing.
 *
 * @param now epoch milliseconds
 */
export function pageOf(
  { records: batches = [], lastStableOffset, abortedTransactions }: fetchV17.FetchResponsePartition,
  from: bigint,
  now: number,
): KafkaPage {
  const records: StreamRecord[] = [];
  const isAborted = abortedBatches(abortedTransactions);
  let next = from;
  let newest = now;
  for (const batch of batches) {
    if (!isAborted(batch)) {
      for (const { offsetDelta, value } of batch.records) {
        const offset = batch.firstOffset + BigInt(offsetDelta);
        // The value of a record that only deletes is none.
        if (offset >= from) records.push({ position: String(offset), data: (value as Buffer | null) ?? EMPTY });
      }
    }
    newest = Number(batch.maxTimestamp);
    // A batch that was compacted still tells how far it went.
    const behind = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (behind > next) next = behind;
  }
  const behindMs = next >= lastStableOffset ? 0 : Math.max(1, now - newest);
  return { records, behindMs, isEnd: false, next };
}

/** Whether a batch has nothing to read, asked of all in their order (Kafka's protocol of transactions, KIP-98). */
function abortedBatches(
  aborted: fetchV17.FetchResponsePartition['abortedTransactions'],
): (batch: RecordsBatch) => boolean {
  const toBegin = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  return ({ firstOffset, lastOffsetDelta, attributes, producerId, records }) => {
    const last = firstOffset + BigInt(lastOffsetDelta);
    while (toBegin.length > 0 && toBegin[0]!.firstOffset <= last) open.add(toBegin.shift()!.producerId);
    if ((attributes & IS_CONTROL) === 0) return (attributes & IS_TRANSACTIONAL) !== 0 && open.has(producerId);
    if (records[0]?.key?.readInt16BE(2) === ABORT) open.delete(producerId);
    return true;
  };
}
