import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { GONE, type RecordIndex } from '../../../core/identity/index/record-index';
import { patternColumns, patternRows } from '../../../core/identity/model/weight-sql';
import type { MatchModel } from '../../../core/identity/model/match-model';
import type { ScoredRelations } from '../../../core/identity/sql/levels-sql';
import { scoredColumns, scoredRow } from '../../../core/identity/sql/scored-records';
import { scoringSql } from '../../../core/identity/sql/scoring-sql';
import type { SqlDialect } from '../../../core/sql/dialects';
import { literal } from '../../../core/sql/quote';
import type { ColumnBatch } from '../../../ports/lake';
import { DuckDb } from '../duckdb';
import { readModelFolder } from './model-folder';
import { readModel } from './model-file';

/** Records written at a time. */
const BATCH = 50_000;
const MEMORY_MB = 500;

/**
 * The statement that scores pairs of records under a kept model.
 *
 * @param folder where `hub identity train` wrote the model
 * @throws HubError those of `readModel` and `scoringSql`
 */
export async function scoringFile(folder: string, relations: ScoredRelations, dialect: SqlDialect): Promise<string> {
  const { model } = await readModel(join(folder, 'model.json'));
  return scoringSql(model, relations, dialect);
}

/**
 * Writes what that statement reads, as `records.parquet` (the records of the model's index) and `patterns.parquet`.
 *
 * @throws HubError those of `readModelFolder`
 */
export async function writeScoringTables(folder: string, out: string): Promise<void> {
  const { index, linkage } = await readModelFolder(folder, 0);
  await mkdir(out, { recursive: true });
  const duckDb = await DuckDb.start({ memoryMb: MEMORY_MB, threads: 1, tempFolder: join(out, '.tmp') });
  const write = async (name: string, columns: readonly string[], batches: Iterable<ColumnBatch>) => {
    const file = join(out, `${name}.parquet`);
    await duckDb.session(undefined, async (session) => {
      await session.createTable(name, {
        columns: Object.fromEntries(columns.map((own) => [own, typeOf(own)])),
        batches,
      });
      await session.run(`COPY ${name} TO ${literal(`${file}.part`)} (FORMAT parquet)`);
    });
    await rename(`${file}.part`, file);
  };
  try {
    await write('records', ['id', ...scoredColumns(index.compared.table)], recordBatches(index));
    await write('patterns', patternColumns(linkage.model), patternBatches(linkage.model));
  } finally {
    duckDb.close();
  }
}

function typeOf(column: string): string {
  if (column === 'id' || column.startsWith('bytes_') || column.startsWith('nicknames_')) return 'VARCHAR';
  return column.startsWith('pairs_') ? 'DOUBLE' : 'BIGINT';
}

function* recordBatches({ compared: { table }, ids, groups, slots }: RecordIndex): Iterable<ColumnBatch> {
  const columns = ['id', ...scoredColumns(table)];
  for (let first = 0; first < slots; first += BATCH) {
    const there = Array.from({ length: Math.min(BATCH, slots - first) }, (_, place) => first + place);
    const rows = there.filter((slot) => groups[slot] !== GONE).map((slot) => [ids.at(slot), ...scoredRow(table, slot)]);
    yield batchOf(columns, rows);
  }
}

function* patternBatches(model: MatchModel): Iterable<ColumnBatch> {
  yield batchOf(patternColumns(model), patternRows(model));
}

function batchOf(columns: readonly string[], rows: readonly (readonly (number | string)[])[]): ColumnBatch {
  const valueOf = (column: string) => (value: number | string) => {
    const type = typeOf(column);
    return type === 'BIGINT' ? BigInt(value) : type === 'DOUBLE' ? Number(value) : value;
  };
  const lists = columns.map((column, place) => [column, rows.map((row) => valueOf(column)(row[place]!))] as const);
  return { rows: rows.length, columns: Object.fromEntries(lists) };
}
