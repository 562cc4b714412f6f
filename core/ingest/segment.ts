const NEWLINES = /[\r\n]+/g;

/**
 * A record as a line of NDJSON. Outside strings, where JSON has them escaped, line breaks are blanks. What is no UTF-8, or
 * nothing at all, becomes an object that no mapping can use, so that it comes to quarantine as it was, and holds up nothing.
 */
export function lineOf(data: Uint8Array): string {
  const line = decoded(data)?.replace(NEWLINES, ' ').trim() ?? '';
  return line === '' ? JSON.stringify({ unreadable_base64: Buffer.from(data).toString('base64') }) : line;
}

function decoded(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** The name of a file of a shard's records: the same records make the same file, whoever writes it. */
export function segmentName(shard: string, first: string, last: string): string {
  return `${[shard, first, last].join('-').replace(/[^\w.-]/g, '_')}.ndjson`;
}
