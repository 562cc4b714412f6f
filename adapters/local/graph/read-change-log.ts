import type { PgJsonRecord } from '../../../core/graph/pg-json';
import { readLogBase } from './log-base';
import { logFolder, segmentPath, segmentsOf } from './log-folder';
import { readSegment } from './segment';

export interface ReadChangeLogOptions {
  /** The graph's folder. */
  readonly dir: string;
  /** The first record to read; by default the first there is. */
  readonly from?: { readonly commitNum: number; readonly opNum: number };
  /** How many records to read at most; by default all there are. */
  readonly limit?: number;
}

/** The change log's records in order, from the first that was not compacted away. */
export async function* readChangeLog(options: ReadChangeLogOptions): AsyncGenerator<PgJsonRecord> {
  const { dir, from = { commitNum: 1, opNum: 1 }, limit = Infinity } = options;
  const { commitNum: gone } = await readLogBase(dir);
  const segments = await segmentsOf(logFolder(dir));
  const numbers = segments.filter((commitNum) => commitNum > gone && commitNum >= from.commitNum);
  let left = limit;
  for (const commitNum of numbers) {
    let skip = commitNum === from.commitNum ? from.opNum - 1 : 0;
    for await (const lines of readSegment(segmentPath(logFolder(dir), commitNum))) {
      const wanted = lines.slice(skip);
      skip = Math.max(0, skip - lines.length);
      for (const line of wanted) {
        if (left-- <= 0) return;
        yield JSON.parse(line) as PgJsonRecord;
      }
    }
    if (left <= 0) return;
  }
}
