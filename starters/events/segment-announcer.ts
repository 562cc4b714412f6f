import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { messageOf } from '../../core/errors';
import { announceSegment } from '../start/follow-streams';

const AGAIN_MS = 1_000;

/** Tells the workflows that follow sources of new segments, until they know: while Temporal is away, segments wait in the landing zone. */
export class SegmentAnnouncer {
  /** Of whom is being told; and whether there is something new meanwhile. */
  private readonly telling = new Map<string, { isMore: boolean }>();
  private readonly stop = new AbortController();

  constructor(
    private readonly client: Client,
    private readonly timezone: string,
    private readonly warn: (message: string) => void,
  ) {}

  announce(source: string): void {
    const told = this.telling.get(source);
    if (told === undefined) void this.tell(source);
    else told.isMore = true;
  }

  /** Tells nobody any more: what nobody was told of is told at the next start. */
  close(): void {
    this.stop.abort();
  }

  private async tell(source: string): Promise<void> {
    const state = { isMore: true };
    this.telling.set(source, state);
    while (state.isMore && !this.stop.signal.aborted) {
      state.isMore = false;
      try {
        await announceSegment(this.client, source, this.timezone);
      } catch (error) {
        this.warn(`what was posted of ${source} waits to land: ${messageOf(error)}`);
        state.isMore = true;
        await wait(AGAIN_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
      }
    }
    this.telling.delete(source);
  }
}
