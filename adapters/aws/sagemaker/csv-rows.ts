import { createHash } from 'node:crypto';
import type { LabelledMatrix, Matrix } from '../../../ports/tree-booster';

/** About so many bytes of a CSV file are in memory at a time. */
const PIECE_BYTES = 1 << 20;

type Rows = Matrix & Partial<Pick<LabelledMatrix, 'labels'>>;

/**
 * A line a row, the label first where there is one. Texts of numbers are read as the very same ones.
 *
 * @param missing what is written where nothing is known
 */
export async function* csvOf({ rows, columns, values, labels }: Rows, missing: '' | 'nan'): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  let characters = 0;
  for (let row = 0; row < rows; row++) {
    const cells = Array.from(values.subarray(row * columns, (row + 1) * columns), (value) =>
      Number.isNaN(value) ? missing : String(value),
    );
    const line = `${[...(labels === undefined ? [] : [labels[row]]), ...cells].join(',')}\n`;
    lines.push(line);
    characters += line.length;
    if (characters < PIECE_BYTES) continue;
    yield Buffer.from(lines.join(''));
    [lines, characters] = [[], 0];
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''));
}

/** Of rows and more that a job is made of: the name of what is the same. */
export function digestOf({ rows, columns, values, labels }: Rows, more: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify([rows, columns, ...more]));
  for (const { buffer, byteOffset, byteLength } of labels === undefined ? [values] : [values, labels]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
