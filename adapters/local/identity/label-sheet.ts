import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { HubError, messageOf } from '../../../core/errors';
import { csvField } from '../../../core/text/csv-field';
import { labelColumns } from './labels-file';
import { replaceFile } from '../replace-file';

/** A csv of labels that grows: a row a pair, in the order in which they were asked. */
export interface LabelSheet {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * Reads a sheet; one that is not there has no rows.
 *
 * @throws HubError `LABELS_UNREADABLE`; `COLUMN_MISSING` for one that is no sheet of labels
 */
export async function readSheet(path: string): Promise<LabelSheet> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw unreadable(path, error);
  });
  if (text === '') return { columns: labelColumns, rows: [] };
  try {
    const [columns = [], ...lines] = parse(text, { bom: true, trim: true, skip_empty_lines: true });
    refuseOther(path, columns);
    const rows = lines.map((line) => Object.fromEntries(columns.map((column, place) => [column, line[place] ?? ''])));
    return { columns, rows };
  } catch (error) {
    throw error instanceof HubError ? error : unreadable(path, error);
  }
}

/** Writes a sheet in the place of what is there, whole. Rows may have columns that the sheet has not: these are added. */
export async function writeSheet(path: string, { columns, rows }: LabelSheet): Promise<void> {
  const all = [...new Set([...columns, ...rows.flatMap(Object.keys)])];
  const lines = rows.map((row) => all.map((column) => csvField(row[column] ?? '')).join(','));
  await replaceFile(path, [all.map(csvField).join(','), ...lines, ''].join('\n'));
}

function refuseOther(path: string, columns: readonly string[]): void {
  const missing = labelColumns.find((column) => !columns.includes(column));
  if (missing === undefined) return;
  const message = `--out: ${path} has no column "${missing}", so it is no file of labels; give another name`;
  throw new HubError('COLUMN_MISSING', message, { field: '--out' });
}

function unreadable(path: string, error: unknown): HubError {
  const message = `--out: cannot read ${path}: ${messageOf(error)}; mend it, or give another name`;
  return new HubError('LABELS_UNREADABLE', message, { field: '--out', cause: error });
}
