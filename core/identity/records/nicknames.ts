import type { LinkageField } from '../../../schemas/linkage';
import { HubError } from '../../errors';
import { commonNicknames } from './common-nicknames';

/** So many lines may have a name: it is short for as many others. */
export const MOST_LINES = 4;
/** Numbers of lines have so many bits; 0 is none. */
const LINE_BITS = 16;
/** Behind the room for the text of a name stand the lines that have it: so many bytes, from there on that its length stands at. */
export const NICKNAMES_FROM = 28;
export const NICKNAME_BYTES = (MOST_LINES * LINE_BITS) / 8;

/** Families are not called by nicknames. */
export function hasNicknames({ kind, role }: Pick<LinkageField, 'kind' | 'role'>): boolean {
  return kind === 'name' && role === 'personal';
}

/** Tells the lines that names stand in, by the bytes of their texts: a value is looked up once, as it is read. */
export class Nicknames {
  private readonly byHash = new Map<number, { readonly name: Uint8Array; readonly lines: Uint8Array }[]>();

  /**
   * @param lines names that one person may have, a line each, separated by spaces; left out, `commonNicknames`
   * @throws HubError NICKNAMES_INVALID
   */
  constructor(lines: readonly string[] = commonNicknames) {
    const encoder = new TextEncoder();
    for (const [text, own] of linesByName(lines)) {
      const name = encoder.encode(text);
      const hash = hashOf(name, 0, name.length);
      const told = new Uint8Array(Uint16Array.from({ length: MOST_LINES }, (_, line) => own[line] ?? 0).buffer);
      this.byHash.set(hash, [...(this.byHash.get(hash) ?? []), { name, lines: told }]);
    }
  }

  /**
   * Writes the lines that a name stands in to behind its text.
   *
   * @param start the byte with the length of the text, which follows it
   */
  write(bytes: Uint8Array, start: number): void {
    const length = bytes[start] as number;
    const known = this.byHash.get(hashOf(bytes, start + 1, length));
    const own = known?.find(({ name }) => name.length === length && isAt(bytes, start + 1, name));
    if (own !== undefined) bytes.set(own.lines, start + NICKNAMES_FROM);
  }
}

/** The numbers of the lines that have a name, from 1 on. */
function linesByName(lines: readonly string[]): Map<string, readonly number[]> {
  const linesOf = new Map<string, readonly number[]>();
  lines.forEach((line, index) => {
    for (const name of new Set(line.split(/\s+/).map(normalised))) {
      const own = linesOf.get(name) ?? [];
      if (own.length === MOST_LINES) {
        const message = `nicknames.${index}: "${name}" stands in more than ${MOST_LINES} lines; a name that is short for so many tells nobody: leave it out of some`;
        throw new HubError('NICKNAMES_INVALID', message, { field: `nicknames.${index}` });
      }
      linesOf.set(name, [...own, index + 1]);
    }
  });
  linesOf.delete('');
  return linesOf;
}

/** As the values of names are normalised in SQL. */
function normalised(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[ \-'.,]/g, '');
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash;
}

function isAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[start + index] !== text[index]) return false;
  return true;
}

/** Whether two names stand in one line. */
export function isNickname(bytes: Uint8Array, a: number, b: number): boolean {
  for (let ofA = a; ofA < a + NICKNAME_BYTES; ofA += 2) {
    const line = lineAt(bytes, ofA);
    if (line === 0) return false;
    for (let ofB = b; ofB < b + NICKNAME_BYTES; ofB += 2) if (lineAt(bytes, ofB) === line) return true;
  }
  return false;
}

function lineAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}
