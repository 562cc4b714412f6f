import { gunzipSync, gzipSync } from 'node:zlib';

/** An item has 400 KB at most; the rest is for its keys and other attributes. */
const MOST_BYTES = 380_000;

/** JSON as an attribute: as text, which people can read in the console, or compressed where that would be too long. */
export type PackedJson = { readonly json: string } | { readonly gzip: Uint8Array };

/** Undefined for what does not fit into an item even when it is compressed. */
export function packJson(value: unknown): PackedJson | undefined {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) <= MOST_BYTES) return { json };
  const gzip = gzipSync(json);
  return gzip.length <= MOST_BYTES ? { gzip } : undefined;
}

export function unpackJson<T>(packed: PackedJson): T {
  return JSON.parse('json' in packed ? packed.json : gunzipSync(packed.gzip).toString()) as T;
}
