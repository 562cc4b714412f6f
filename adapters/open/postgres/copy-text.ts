import type { LakeInput } from '../../../ports/lake';

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** Characters of a piece: small batches are sent together, large ones are taken apart. */
const PIECE = 1 << 16;

/** Rows in the text format of COPY: one a line, tabs between the values, `\N` for null. */
export async function* copyText({ columns, batches }: LakeInput): AsyncGenerator<Buffer> {
  const names = Object.keys(columns);
  let piece = '';
  for await (const batch of batches) {
    const values = names.map((name) => batch.columns[name]!);
    for (let row = 0; row < batch.rows; row++) {
      piece += `${values.map((column) => copyValue(column[row])).join('\t')}\n`;
      if (piece.length < PIECE) continue;
      yield Buffer.from(piece);
      piece = '';
    }
  }
  if (piece !== '') yield Buffer.from(piece);
}

function copyValue(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  return String(value).replace(/[\\\n\r\t]/g, (character) => ESCAPED[character]!);
}
