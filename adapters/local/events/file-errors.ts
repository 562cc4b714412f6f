import { HubError, messageOf } from '../../../core/errors';

/** The error for a file without a single event. */
export function emptyFile(name: string): HubError {
  return new HubError('FILE_EMPTY', `${name} is empty; give a file with at least one event`);
}

/** Runs a query over the file; what DuckDB says about the file becomes one line that names it. */
export async function readable<T>(name: string, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    const said = messageOf(error).split(/\n\s*(?:Possible|\n|LINE \d)/)[0] as string;
    throw new HubError('FILE_UNREADABLE', `cannot read ${name}: ${said.replaceAll('\n', ' ')}`, { cause: error });
  }
}
