import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../../core/errors';
import type { EventStream, RecordPage, StreamRecord, StreamShard, StreamStart } from '../../ports/event-stream';

interface Shard extends StreamShard {
  readonly records: (StreamRecord & { readonly at: number })[];
  /** Whether it takes a key: of those that are open, one does. */
  readonly takes: (key: number) => boolean;
  isOpen: boolean;
}

/** A stream in memory that does what the contract of streams says, with pages of three records. */
export class MemoryStream implements EventStream {
  private readonly all: Shard[] = [{ id: 'shard-0', parents: [], records: [], takes: () => true, isOpen: true }];
  private sequence = 0;
  /** How far it was said to have been read, by shard. */
  readonly told: Record<string, string> = {};

  /** @param name of this one among those that were made under the same name */
  constructor(private readonly name = 'first') {}

  identity(): Promise<string> {
    return Promise.resolve(this.name);
  }

  put(key: number, ...data: readonly (string | Uint8Array)[]): Promise<void> {
    const shard = this.all.find(({ isOpen, takes }) => isOpen && takes(key))!;
    const at = Date.now();
    for (const one of data)
      shard.records.push({ position: `${++this.sequence}`, data: Buffer.from(one as string), at });
    return Promise.resolve();
  }

  split(id: string): Promise<void> {
    const parent = this.all.find((shard) => shard.id === id)!;
    parent.isOpen = false;
    const depth = this.all.length;
    for (const side of [0, 1]) {
      const takes = (key: number) => parent.takes(key) && ((key >> (depth % 8)) & 1) === side;
      this.all.push({ id: `shard-${this.all.length}`, parents: [id], records: [], takes, isOpen: true });
    }
    return Promise.resolve();
  }

  /** As after the stream's time to keep records. */
  forget(id: string): void {
    this.all.splice(
      this.all.findIndex((shard) => shard.id === id),
      1,
    );
  }

  open(): string[] {
    return this.all.filter(({ isOpen }) => isOpen).map(({ id }) => id);
  }

  shards(): Promise<StreamShard[]> {
    return Promise.resolve(this.all.map(({ id, parents }) => ({ id, parents })));
  }

  async *read(
    id: string,
    after: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): AsyncGenerator<RecordPage> {
    const shard = this.all.find((candidate) => candidate.id === id)!;
    let next = firstAfter(shard, after);
    for (;;) {
      // Of those that are read at once, the newest answers first.
      await wait(this.all.length - this.all.indexOf(shard), undefined, { signal }).catch(() => {
        throw new HubError('CANCELLED', 'reading was cancelled');
      });
      const records = shard.records.slice(next, next + 3);
      next += records.length;
      const isEnd = !shard.isOpen && next === shard.records.length;
      yield { records, behindMs: next === shard.records.length ? 0 : 1_000, isEnd };
      if (isEnd) return;
    }
  }

  readUpTo(places: Readonly<Record<string, string>>): Promise<void> {
    Object.assign(this.told, places);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function firstAfter({ records }: Shard, after: { readonly position: string } | StreamStart): number {
  if (after === 'oldest') return 0;
  const isNext = (record: (typeof records)[number]) =>
    'since' in after ? record.at >= after.since : Number(record.position) > Number(after.position);
  const found = records.findIndex(isNext);
  return found < 0 ? records.length : found;
}
