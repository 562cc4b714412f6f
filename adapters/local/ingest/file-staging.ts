import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';
import { refuseChanged } from '../../../core/ingest/listed-file';
import { mappingSql, requiredColumns } from '../../../core/ingest/mapping-sql';
import { literal } from '../../../core/sql/quote';
import type { SourceFile, StagedFile, StageOptions } from '../../../ports/landing-zone';
import type { Source } from '../../../schemas/source';
import type { DuckDb, DuckDbSession } from '../duckdb';
import { compressionOf, inspectFile, type Inspection } from './inspect-file';
import { rawSql, refuseMissingColumns } from './raw-sql';

const DATASETS = ['events', 'profiles', 'quarantine'] as const;
const TOP_REASONS = 5;

/** Files of this machine, read with DuckDB into folders of Parquet files, one folder a file and owner. */
export class FileStaging {
  constructor(
    private readonly folder: string,
    private readonly duckDb: DuckDb,
  ) {}

  /**
   * @param file as messages and lineage show it; its size and time are those of what lies at `path`
   * @throws HubError those of `LandingZone`
   */
  async stage(source: Source, file: SourceFile, path: string, options: StageOptions): Promise<StagedFile> {
    refuseChanged(file, await stateOf(path));
    const inspection = await inspectFile(source, file, path, options);
    const folder = join(this.folder, stagingName(source, file, inspection, options.owner));
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    const counts = await this.duckDb.session(options.signal, (session) =>
      stageRows(session, source, file, path, inspection, draft),
    );
    refuseChanged(file, await stateOf(path));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return { ...file, fingerprint: inspection.fingerprint, ...counts, staged: datasetPaths(folder) };
  }

  async discard(files: readonly StagedFile[]): Promise<void> {
    for (const file of files) await rm(dirname(file.staged.events), { recursive: true, force: true });
  }

  /** @param before epoch milliseconds */
  async sweep(before: number): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name);
      const state = await stateOf(path);
      if (state !== undefined && state.modifiedAt < before) await rm(path, { recursive: true, force: true });
    }
  }
}

async function stateOf(path: string): Promise<{ bytes: number; modifiedAt: number } | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { bytes: found.size, modifiedAt: found.mtimeMs };
}

/** The same file and mapping stage to the same place for an owner, whichever attempt does it. */
function stagingName(source: Source, file: SourceFile, inspection: Inspection, owner = ''): string {
  const key = JSON.stringify([source, file.path, inspection.fingerprint, owner]);
  return `${source.name}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

function datasetPaths(folder: string): StagedFile['staged'] {
  return {
    events: join(folder, 'events.parquet'),
    profiles: join(folder, 'profiles.parquet'),
    quarantine: join(folder, 'quarantine.parquet'),
  };
}

async function stageRows(
  session: DuckDbSession,
  source: Source,
  file: SourceFile,
  path: string,
  inspection: Inspection,
  folder: string,
): Promise<Pick<StagedFile, 'readRows' | 'badRows' | 'reasons'>> {
  const needed = requiredColumns(source);
  const reader = rawSql(source, path, compressionOf(source, file.path));
  await readable(file, access(path));
  const found = await readable(file, reader.columns(session));
  if (found !== undefined) refuseMissingColumns(source, file.path, needed, found);
  const mapping = mappingSql(source, file.path);
  await readable(file, session.run(`CREATE TEMP VIEW raw AS ${reader.raw(found ?? needed)}`));
  await refuseInvalidMapping(session, source, mapping.mapped);
  await readable(file, session.run(`CREATE TEMP TABLE mapped AS ${mapping.mapped}`));
  await session.run(`CREATE TEMP TABLE bad AS ${badRowsSelect(source, file, inspection)}`);
  const selects = { events: mapping.events, profiles: mapping.profiles, quarantine: 'FROM bad ORDER BY file_row' };
  for (const dataset of DATASETS) {
    await session.run(`COPY (${selects[dataset]}) TO ${literal(datasetPaths(folder)[dataset])} (FORMAT parquet)`);
  }
  return countRows(session);
}

/** Rows that the mapping refused, that had too few or too many fields, or that an unclosed quote swallowed. */
function badRowsSelect(source: Source, file: SourceFile, { unclosedQuoteLine }: Inspection): string {
  const where = `${literal(source.name)} AS source, ${literal(file.path)} AS file`;
  const selects = [
    `SELECT ${where}, _row AS file_row, _reason AS reason, _raw AS raw FROM mapped WHERE _reason IS NOT NULL`,
  ];
  if (source.format === 'csv') {
    // A line with too few fields is rejected once for each that is missing. The header is line 1, so line 2 is row 1.
    selects.push(`SELECT ${where}, line::BIGINT - 1 AS file_row,
  'line ' || line || ': ' || arg_min(error_message, column_idx) AS reason, any_value(csv_line) AS raw
  FROM reject_errors GROUP BY line`);
  }
  if (unclosedQuoteLine !== undefined) {
    const reason = `line ${unclosedQuoteLine}: a quote is opened and never closed; everything after it is one field`;
    // DuckDB rejects such a field in some files, and forgets it in others.
    selects.push(`SELECT ${where}, ${unclosedQuoteLine - 1} AS file_row, ${literal(reason)} AS reason, NULL AS raw
WHERE NOT EXISTS (SELECT 1 FROM reject_errors WHERE line >= ${unclosedQuoteLine})`);
  }
  return selects.join('\nUNION ALL ');
}

async function countRows(session: DuckDbSession): Promise<Pick<StagedFile, 'readRows' | 'badRows' | 'reasons'>> {
  const [counts] = await session.rows<{ read: bigint; bad: bigint }>(
    `SELECT (SELECT count(*) FROM mapped WHERE _reason IS NULL) + (SELECT count(*) FROM bad) AS read,
  (SELECT count(*) FROM bad) AS bad`,
  );
  const reasons = await session.rows<{ reason: string; rows: bigint }>(
    `SELECT regexp_replace(regexp_replace(reason, '^line [0-9]+: ', ''), '"[^"]*"', '"…"', 'g') AS reason, count(*) AS rows
FROM bad GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP_REASONS}`,
  );
  return {
    readRows: Number(counts?.read),
    badRows: Number(counts?.bad),
    reasons: reasons.map(({ reason, rows }) => ({ reason, rows: Number(rows) })),
  };
}

async function refuseInvalidMapping(session: DuckDbSession, source: Source, mapped: string): Promise<void> {
  try {
    await session.run(`CREATE TEMP VIEW checked AS ${mapped}`);
  } catch (error) {
    const why = messageOf(error).split('\n')[0];
    throw new HubError('MAPPING_INVALID', `sources/${source.name}.yaml: the mapping is not valid SQL: ${why}`, {
      cause: error,
    });
  }
}

async function readable<T>(file: SourceFile, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HubError && error.code === 'CANCELLED') throw error;
    const why = messageOf(error).split('\nin the query:')[0];
    throw new HubError('FILE_UNREADABLE', `${file.path}: ${why}`, { cause: error });
  }
}
