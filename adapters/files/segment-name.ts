import { randomUUID } from 'node:crypto';

/** A name of its own for a file of records that come one by one; by name, files are in the order of time. */
export function newSegmentName(): string {
  return `posted-${new Date().toISOString().replace(/\D/g, '')}-${randomUUID()}.ndjson`;
}
