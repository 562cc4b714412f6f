import { HubError } from '../errors';

/** What S3 takes for a key, in bytes of UTF-8. */
const KEY_BYTES = 1024;
/** What file systems take for a name. */
const SEGMENT_BYTES = 255;
/** Control characters, halves of characters, and two more that neither XML nor file names carry everywhere. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/**
 * The segments of an object's key. A key is a path: segments with `/` between, so that every store can hold it, folders
 * of files included. Spaces, quotes, `+`, `%` and any script are as good as letters.
 *
 * @throws HubError `OBJECT_KEY_INVALID`
 */
export function objectKeySegments(key: string): string[] {
  const problem = problemOf(key);
  if (problem === undefined) return key.split('/');
  throw new HubError('OBJECT_KEY_INVALID', `the object key ${JSON.stringify(key)} ${problem}`);
}

/**
 * Throws `OBJECT_KEY_INVALID` for what no key can begin with. The empty prefix, half a name and a whole path are
 * beginnings of keys.
 */
export function requireKeyPrefix(prefix: string): void {
  const problem = problemOf(`${prefix}x`);
  if (problem !== undefined)
    throw new HubError(
      'OBJECT_KEY_INVALID',
      `no object key begins with ${JSON.stringify(prefix)}: such a key ${problem}`,
    );
}

function problemOf(key: string): string | undefined {
  if (UNPRINTABLE.test(key)) return 'has a character that cannot be written';
  if (Buffer.byteLength(key) > KEY_BYTES) return `has more than ${KEY_BYTES} bytes`;
  for (const segment of key.split('/')) {
    if (segment === '') return 'has an empty segment: it is one or more names with "/" between';
    if (segment === '.' || segment === '..') return `has the segment "${segment}"`;
    if (Buffer.byteLength(segment) > SEGMENT_BYTES) return `has a segment of more than ${SEGMENT_BYTES} bytes`;
  }
  return undefined;
}

/** Orders keys as every store lists them: by their bytes in UTF-8, which JavaScript's own order is not. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
