import { createHash, randomUUID } from 'node:crypto';
import type { AuditEntry, ChainedEntry } from '../../../core/audit/entry';
import { HubError } from '../../../core/errors';
import type { AuditCheck, AuditLog } from '../../../ports/audit-log';
import { GroupCommit, PendingBytes } from '../group-commit';

/** Where the lines of chains are kept. */
export interface ChainStore {
  /** Adds lines to a chain, and comes back when they are there for good. */
  append(chain: string, lines: Buffer): Promise<void>;
  /** The names of all chains, the oldest first. */
  chains(): Promise<string[]>;
  lines(chain: string): AsyncIterable<string>;
  close(): Promise<void>;
}

const PENDING_BYTES = 16 * 1024 * 1024;
/** Before the first entry there is none. */
const NONE = '';
const UNTIED = 'does not follow the one before it: some are missing, or were put in';

/** Chains of entries as lines of JSON. A process's chain begins with the end of the newest one that it finds. */
export class ChainedAuditLog implements AuditLog {
  private readonly chain = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}`;
  private readonly commit: GroupCommit;
  private previous: string | undefined;

  /** @param gatherMs how long entries are gathered before they are written */
  constructor(
    private readonly store: ChainStore,
    gatherMs = 0,
  ) {
    this.commit = new GroupCommit((entries) => this.write(entries), new PendingBytes(PENDING_BYTES), gatherMs);
  }

  async append(entry: AuditEntry): Promise<void> {
    await this.commit.add(Buffer.from(`${JSON.stringify(entry)}\n`));
  }

  async *entries(): AsyncGenerator<ChainedEntry> {
    for (const chain of await this.store.chains()) {
      for await (const line of this.store.lines(chain)) yield JSON.parse(line) as ChainedEntry;
    }
  }

  async check(): Promise<AuditCheck> {
    const broken: { chain: string; what: string }[] = [];
    // A chain may begin behind one that was named later, and was written to sooner.
    const begun: { chain: string; number: number; previous: string }[] = [];
    const ends = new Set([NONE]);
    let entries = 0;
    const tell = (chain: string, number: number, what: string) =>
      broken.push({ chain, what: `entry ${number}: ${what}` });
    for (const chain of await this.store.chains()) {
      let previous: string | undefined;
      for await (const line of this.store.lines(chain)) {
        entries++;
        const found = readEntry(line);
        if (found === undefined) tell(chain, entries, 'is no entry');
        else if (!isAsWritten(found)) tell(chain, entries, 'was changed');
        else if (previous === undefined) begun.push({ chain, number: entries, previous: found.previous });
        else if (found.previous !== previous) tell(chain, entries, UNTIED);
        previous = found?.hash;
        if (previous !== undefined) ends.add(previous);
      }
    }
    for (const { chain, number, previous } of begun) if (!ends.has(previous)) tell(chain, number, UNTIED);
    return { entries, broken };
  }

  async close(): Promise<void> {
    await this.commit.alone(async () => undefined);
    await this.store.close();
  }

  /** Entries are chained as they are written: of one that could not be written, none goes on. */
  private async write(entries: Buffer): Promise<void> {
    let previous = this.previous ?? (await this.newestEnd());
    const lines = entries
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const entry = { ...(JSON.parse(line) as AuditEntry), previous };
        previous = hashOf(entry);
        return `${JSON.stringify({ ...entry, hash: previous })}\n`;
      });
    try {
      await this.store.append(this.chain, Buffer.from(lines.join('')));
    } catch (cause) {
      throw new HubError('AUDIT_UNAVAILABLE', 'the audit log cannot be written to', { retryable: true, cause });
    }
    this.previous = previous;
  }

  private async newestEnd(): Promise<string> {
    const newest = (await this.store.chains()).at(-1);
    let end = NONE;
    if (newest === undefined) return end;
    for await (const line of this.store.lines(newest)) end = readEntry(line)?.hash ?? end;
    return end;
  }
}

function isAsWritten({ hash, ...entry }: ChainedEntry): boolean {
  return hashOf(entry) === hash;
}

function readEntry(line: string): ChainedEntry | undefined {
  try {
    return JSON.parse(line) as ChainedEntry;
  } catch {
    return undefined;
  }
}

function hashOf(entry: Omit<ChainedEntry, 'hash'>): string {
  const fields = [entry.previous, entry.at, entry.caller, entry.from, entry.action, entry.status];
  return createHash('sha256')
    .update(JSON.stringify([...fields, entry.customers, entry.others]))
    .digest('hex');
}
