import type { AuditEntry, ChainedEntry } from '../core/audit/entry';

/** What was found of a log, from its beginning. */
export interface AuditCheck {
  readonly entries: number;
  /** What is not as it was written, by the name of its chain. */
  readonly broken: readonly { readonly chain: string; readonly what: string }[];
}

/**
 * Who saw or changed what. Entries are only ever added, by any number of processes, each to a chain of its own in which every entry has the
 * hash of the one before: whoever changes or removes one breaks the chain.
 */
export interface AuditLog {
  /**
   * Keeps an entry for good.
   *
   * @throws HubError AUDIT_UNAVAILABLE
   */
  append(entry: AuditEntry): Promise<void>;
  /** The entries of all chains, chain by chain, each in the order in which they were added. */
  entries(): AsyncIterable<ChainedEntry>;
  check(): Promise<AuditCheck>;
  close(): Promise<void>;
}
