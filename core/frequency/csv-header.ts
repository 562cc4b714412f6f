const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Reads the header record at the start of a CSV text. The delimiter is the one that yields every wanted column, or
 * else the one that yields the most columns.
 *
 * @param text the beginning of the file, at least its whole first record; a byte order mark is skipped
 */
export function csvHeader(text: string, wanted: readonly string[]): { delimiter: string; columns: string[] } {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const candidates = DELIMITERS.map((delimiter) => ({ delimiter, columns: firstRecord(body, delimiter) }));
  const fitting = candidates.find(({ columns }) => wanted.every((column) => columns.includes(column)));
  return fitting ?? candidates.reduce((best, next) => (next.columns.length > best.columns.length ? next : best));
}

/** The fields of the first record, with RFC 4180 quoting: a quoted field may hold delimiters, line breaks and `""`. */
function firstRecord(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[index + 1] === '"') field += text[index++];
      else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === '\n' || character === '\r') break;
    else if (character === delimiter) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}
