import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../../core/errors';

interface Waiting {
  readonly content: Buffer;
  resolve(): void;
  reject(error: unknown): void;
}

/** How much may wait to be written, over all commits that share it. */
export class PendingBytes {
  private bytes = 0;

  constructor(private readonly most: number) {}

  /** @throws HubError INGEST_BUSY */
  take(bytes: number): void {
    if (this.bytes > 0 && this.bytes + bytes > this.most) {
      const message = `more than ${this.most} bytes wait to be written: try again in a second`;
      throw new HubError('INGEST_BUSY', message, { retryable: true, retryAfterMs: 1_000 });
    }
    this.bytes += bytes;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }
}

/**
 * Writes what many ask for in one go: whoever comes while a write is under way waits for the next, with all others that came (group
 * commit; Gawlick and Kinkade 1985). Nothing is written at the same time as anything else.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly write: (content: Buffer) => Promise<void>,
    private readonly pending: PendingBytes,
    /** How long what comes is gathered before it is written. */
    private readonly gatherMs = 0,
  ) {}

  /** @throws HubError INGEST_BUSY; what the write throws */
  async add(content: Buffer): Promise<void> {
    this.pending.take(content.length);
    try {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ content, resolve, reject });
        if (this.waiting.length === 1) void this.alone(() => this.commit());
      });
    } finally {
      this.pending.give(content.length);
    }
  }

  /** Does something while nothing is written. */
  alone(work: () => Promise<void>): Promise<void> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async commit(): Promise<void> {
    if (this.gatherMs > 0) await wait(this.gatherMs);
    const group = this.waiting;
    this.waiting = [];
    try {
      await this.write(Buffer.concat(group.map(({ content }) => content)));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
