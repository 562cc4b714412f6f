import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { recordsSql } from '../../../core/identity/records/linkage-sql';
import { Nicknames } from '../../../core/identity/records/nicknames';
import { slotsOf, type RecordIndex } from '../../../core/identity/index/record-index';
import { resolveChanges, type MovedRecord } from '../../../core/identity/index/resolve-changes';
import type { LinkageSettings } from '../../../schemas/linkage';
import { loadKernel } from '../kernels';
import { StageClock } from '../stage-clock';
import { refuseUnknown } from './records-file';
import { readModelFolder, updateIndex } from './model-folder';
import { writeRecords } from './few-records';
import { BATCH, withRecordBatch } from './record-batch';

export interface UpdateQuestion {
  /** The folder of a model with its index, as `trainFile` writes it. */
  readonly folder: string;
  /** New and changed records, whole. */
  readonly input: string;
  /** The column that names a record. */
  readonly id: string;
  /** A file that names, in the same column, records that are no more. */
  readonly removed?: string | undefined;
}

export interface Update {
  /** Records that came with the file, and of them those that were there before. */
  readonly arrived: number;
  readonly changed: number;
  readonly removed: number;
  /** Records that were clustered again. */
  readonly affected: number;
  /** Records whose customer is another than before, or new. */
  readonly moved: readonly MovedRecord[];
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Takes new, changed and deleted records into an index: the customers are the same as if all records had been linked anew
 * by the model.
 *
 * @throws HubError those of `withRecordBatch` and `readModelFolder`; `COLUMN_MISSING`; `RECORD_TWICE` for one that is to
 *   come and to go
 */
export async function updateFile({ folder, input, id, removed }: UpdateQuestion): Promise<Update> {
  const clock = new StageClock();
  const leaving = removed === undefined ? [] : await withRecordBatch(removed, id, async ({ ids }) => ids);
  return withRecordBatch(input, id, async ({ connection, file, ids }) => {
    const both = leaving.find((own) => ids.includes(own));
    if (both !== undefined) {
      throw new HubError('RECORD_TWICE', `--removed: "${both}" is also among the records of ${input}`, {
        field: '--removed',
      });
    }
    const before = await readModelFolder(folder, ids.length);
    clock.finish('read');
    const { linkage, index } = before;
    refuseUnknown(file, linkage.settings);
    await readFewRecords(connection, linkage.settings, index);
    clock.finish('normalise');
    const there = slotsOf(index, [...ids, ...leaving]);
    const changes = { arrived: ids, gone: [...there.values()] };
    const after = resolveChanges(index, linkage, changes, loadKernel('identity'));
    clock.finish('resolve');
    await updateIndex(folder, before, after.index);
    clock.finish('write');
    return {
      arrived: ids.length,
      changed: ids.filter((own) => there.has(own)).length,
      removed: leaving.filter((own) => there.has(own)).length,
      affected: after.affected.length,
      moved: after.moved,
      timings: clock.timings(),
    };
  });
}

/** Writes the records of the batch, normalised, into the slots that are free. */
async function readFewRecords(
  connection: DuckDBConnection,
  settings: LinkageSettings,
  { compared, slots }: RecordIndex,
): Promise<void> {
  const nicknames = new Nicknames(settings.nicknames);
  const result = await connection.stream(recordsSql(BATCH, settings));
  for (let first = slots; ;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    writeRecords(compared.table, chunk, first, nicknames);
    first += chunk.rowCount;
  }
}
