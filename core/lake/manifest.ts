import { HubError } from '../errors';
import type { LakeTable } from './tables';

export interface TableState {
  /** The commit that last changed the table. */
  readonly version: number;
  /** What holds its rows, in the order it was written: files in a folder, or parts of an engine's table. */
  readonly files: readonly string[];
}

/** One version of the whole lake. Manifests are the lake's only truth: a file that none names does not exist. */
export interface Manifest {
  readonly version: number;
  readonly tables: Readonly<Partial<Record<LakeTable, TableState>>>;
  /** The keys of the last commits with the versions they made. */
  readonly keys: Readonly<Record<string, number>>;
  /** The last version of every series of commits. */
  readonly series: Readonly<Record<string, number>>;
}

export const EMPTY_MANIFEST: Manifest = { version: 0, tables: {}, keys: {}, series: {} };

/**
 * How many keys of commits a manifest has. A commit is asked for again within minutes, and each query reads a manifest: a
 * stream that lands every five seconds makes so many in seven hours.
 */
export const KEYS_KEPT = 5_000;

/** A table of a commit, written but not yet published. */
export interface WrittenFile {
  readonly table: LakeTable;
  readonly mode: 'append' | 'replace';
  readonly file: string;
  readonly rows: number;
}

/** What publishing needs to know of a commit. */
export interface PublishedCommit {
  readonly key: string;
  readonly series?: string | undefined;
}

/**
 * Appends to one table commute; what was computed from a table or a series must be computed from its newest state.
 *
 * @param base the version that the commit was computed from
 * @throws HubError LAKE_CONFLICT (retryable)
 */
export function refuseConflicts(
  base: Manifest,
  latest: Manifest,
  { series }: PublishedCommit,
  written: readonly WrittenFile[],
): void {
  const replaced = written.filter((write) => write.mode === 'replace').map((write) => write.table);
  const table = replaced.find((name) => base.tables[name]?.version !== latest.tables[name]?.version);
  const seriesMoved = series !== undefined && base.series[series] !== latest.series[series];
  if (table === undefined && !seriesMoved) return;
  const what = table === undefined ? `the series "${series}"` : `the table "${table}"`;
  throw new HubError('LAKE_CONFLICT', `another writer changed ${what} meanwhile`, { retryable: true });
}

/** The version after the latest, with what a commit wrote. */
export function withCommit(latest: Manifest, commit: PublishedCommit, written: readonly WrittenFile[]): Manifest {
  const version = latest.version + 1;
  const tables: Partial<Record<LakeTable, TableState>> = { ...latest.tables };
  const replaced = new Set<LakeTable>();
  for (const { table, mode, file, rows } of written) {
    const startsAfresh = mode === 'replace' && !replaced.has(table);
    if (startsAfresh) replaced.add(table);
    const files = startsAfresh ? [] : (tables[table]?.files ?? []);
    if (rows > 0) tables[table] = { version, files: [...files, file] };
    else if (startsAfresh) tables[table] = { version, files };
  }
  const series = commit.series === undefined ? latest.series : { ...latest.series, [commit.series]: version };
  return { version, tables, keys: { ...keysSince(version - KEYS_KEPT, latest), [commit.key]: version }, series };
}

/** Those of commits after a version. */
function keysSince(version: number, { keys }: Manifest): Record<string, number> {
  return version <= 0 ? keys : Object.fromEntries(Object.entries(keys).filter(([, made]) => made > version));
}

/**
 * The version after the latest, in which one file holds what several did: nothing has changed but how it is kept.
 *
 * @param files that follow each other
 * @returns undefined where the table has not all of the files any more
 */
export function withCompacted(
  latest: Manifest,
  table: LakeTable,
  files: readonly string[],
  compacted: string,
): Manifest | undefined {
  const state = latest.tables[table];
  const start = state?.files.indexOf(files[0]!) ?? -1;
  if (state === undefined || start < 0) return undefined;
  if (files.some((file, place) => state.files[start + place] !== file)) return undefined;
  const kept = { ...state, files: state.files.toSpliced(start, files.length, compacted) };
  return { ...latest, version: latest.version + 1, tables: { ...latest.tables, [table]: kept } };
}

export function rowsByTable(written: readonly WrittenFile[]): Partial<Record<LakeTable, number>> {
  const rows: Partial<Record<LakeTable, number>> = {};
  for (const write of written) rows[write.table] = (rows[write.table] ?? 0) + write.rows;
  return rows;
}
