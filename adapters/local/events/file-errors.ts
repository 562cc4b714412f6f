import { HubError, messageOf } from '../../../core/errors';

/** The error for a file without a single row. */
export function emptyFile(name: string): HubError {
  return new HubError('FILE_EMPTY', `${name} is empty; give a file with at least one row`);
}

/** Runs a query over the file; what DuckDB says about the file becomes one line that names it. */
export async function readable<T>(name: string, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    const said = messageOf(error).split(/\n\s*(?:Possible|\n|LINE \d|The search space)/)[0] as string;
    const remedy = /utf-8|sniffing/i.test(said) ? '; export it as csv in UTF-8' : '';
    throw new HubError('FILE_UNREADABLE', `cannot read ${name}: ${said.replaceAll('\n', ' ')}${remedy}`, {
      cause: error,
    });
  }
}
