import { createHash } from 'node:crypto';
import { HubError } from '../core/errors';
import { landingFilesColumns, landingQueries } from '../core/ingest/landing-sql';
import type { Lake, LakeCommit } from '../ports/lake';
import type { LandingZone, SourceFile, StagedFile } from '../ports/landing-zone';
import type { Source } from '../schemas/source';
import { cancellation, heartbeat, thisRun, whileAlive } from './context';

export interface FileOutcome {
  readonly path: string;
  readonly read: number;
  readonly landed: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

export interface LandSourceInput {
  readonly source: string;
  readonly businessDate: string;
  readonly files: readonly StagedFile[];
}

export interface LandSourceResult {
  /** Names what landed together; the graph is loaded by it. */
  readonly batch: string;
  readonly files: readonly FileOutcome[];
}

export interface IngestDependencies {
  readonly lake: Lake;
  readonly landingZone: LandingZone;
  readonly sources: readonly Source[];
}

export function createIngestActivities({ lake, landingZone, sources }: IngestDependencies) {
  return {
    /** The source's files up to the business date that have not landed as they are now. */
    async listNewFiles(input: { source: string; businessDate: string }): Promise<SourceFile[]> {
      const files = await landingZone.list(sourceNamed(sources, input.source), input.businessDate);
      return notLanded(lake, input.source, files);
    },

    /** Reads one file, maps its rows to canonical ones and sets the bad ones apart. */
    async stageFile(input: { source: string; file: SourceFile }): Promise<StagedFile> {
      const source = sourceNamed(sources, input.source);
      const progress = { stage: 'ingest', unit: 'bytes', total: input.file.bytes } as const;
      return whileAlive({ ...progress, done: 0 }, () =>
        landingZone.stage(source, input.file, {
          // A night and who follows the source's stream may land the same file, each from rows of its own.
          owner: thisRun(),
          signal: cancellation(),
          onProgress: (bytes) => heartbeat({ ...progress, done: bytes }),
        }),
      );
    },

    /**
     * Lands a source's staged files in the lake, all or nothing: every event and change of a profile once, bad rows in
     * quarantine. Files that have landed meanwhile, as another night found them, are left out.
     *
     * @throws HubError TOO_MANY_BAD_ROWS when the share of bad rows is above the source's `maxBadShare`
     */
    async landSource(input: LandSourceInput): Promise<LandSourceResult> {
      const source = sourceNamed(sources, input.source);
      refuseTooManyBadRows(source, input.files);
      const landed = await whileAlive({ stage: 'ingest', unit: 'rows', done: 0 }, () =>
        land(lake, source, input, cancellation()),
      );
      await landingZone.discard(input.files);
      return landed;
    },
  };
}

async function land(
  lake: Lake,
  source: Source,
  input: LandSourceInput,
  signal: AbortSignal,
): Promise<LandSourceResult> {
  const whole = batchName(source.name, input.files);
  const before = await landedAs(lake, whole);
  if (before.files.length > 0) return before;
  // Another landing of the source between this look and the commit is a conflict, after which one looks again.
  const version = await lake.version();
  const files = await notLanded(lake, source.name, input.files, version);
  if (files.length === 0) return { batch: '', files: [] };
  const batch = batchName(source.name, files);
  try {
    await lake.commit(landingCommit(lake, source, { ...input, files }, batch, version), { signal });
  } catch (error) {
    // Of an attempt that was taken for dead, and was not, the files are gone: what they held has landed.
    const landed = await landedAs(lake, batch);
    if (landed.files.length === 0) throw error;
    return landed;
  }
  return landedAs(lake, batch);
}

function landingCommit(
  lake: Lake,
  source: Source,
  { businessDate, files }: LandSourceInput,
  batch: string,
  version: number,
): LakeCommit {
  return {
    key: `land:${batch}`,
    series: `land:${source.name}`,
    version,
    staged: stagedTables(files),
    inputs: { landing_files: { columns: landingFilesColumns, batches: [landingFiles(files)] } },
    ...landingQueries({ source: source.name, businessDate, batch }, lake.dialect),
  };
}

/** What a batch has become; no files where it did not land. */
async function landedAs(lake: Lake, batch: string): Promise<LandSourceResult> {
  const files = await lake.rows<Record<keyof FileOutcome, unknown>>(
    `SELECT path, read_rows AS read, landed_rows AS landed, duplicate_rows AS duplicates,
  quarantined_rows AS quarantined FROM files WHERE batch = $batch ORDER BY path`,
    { parameters: { batch } },
  );
  return { batch, files: files.map(fileOutcome) };
}

/** The files that have not landed as they are. */
async function notLanded<File extends SourceFile>(
  lake: Lake,
  source: string,
  files: readonly File[],
  version?: number,
): Promise<File[]> {
  const landed = await lake.rows<{ path: string; bytes: bigint; modified_at: number }>(
    `SELECT DISTINCT path, bytes, modified_at FROM files WHERE source = $source`,
    { parameters: { source }, signal: cancellation(), ...(version !== undefined && { version }) },
  );
  const known = new Set(landed.map((file) => `${file.path}|${file.bytes}|${file.modified_at}`));
  return files.filter((file) => !known.has(`${file.path}|${file.bytes}|${file.modifiedAt}`));
}

function fileOutcome(row: Record<keyof FileOutcome, unknown>): FileOutcome {
  return {
    path: String(row.path),
    read: Number(row.read),
    landed: Number(row.landed),
    duplicates: Number(row.duplicates),
    quarantined: Number(row.quarantined),
  };
}

function sourceNamed(sources: readonly Source[], name: string): Source {
  const source = sources.find((candidate) => candidate.name === name);
  if (source !== undefined) return source;
  const known = sources.map((candidate) => candidate.name).join(', ');
  throw new HubError('SOURCE_UNKNOWN', `there is no source "${name}"; there are ${known}`, { field: 'source' });
}

/** @throws HubError TOO_MANY_BAD_ROWS with the most frequent reasons */
function refuseTooManyBadRows(source: Source, files: readonly StagedFile[]): void {
  // What comes by a stream comes once: bad records go to quarantine, and hold up nothing.
  if (source.stream !== undefined) return;
  const read = sum(files, (file) => file.readRows);
  const bad = sum(files, (file) => file.badRows);
  if (bad <= read * source.maxBadShare) return;
  const worst = [...files].sort((a, b) => b.badRows - a.badRows)[0];
  const reasons = worst?.reasons.map(({ reason, rows }) => `${rows} × ${reason}`).join('; ') ?? '';
  throw new HubError(
    'TOO_MANY_BAD_ROWS',
    `${source.name}: ${bad} of ${read} rows are bad, more than maxBadShare ${source.maxBadShare} allows; ` +
      `nothing of the source landed. Most are in ${worst?.path}: ${reasons}`,
    { field: 'maxBadShare' },
  );
}

/** The same files with the same content make the same batch. */
function batchName(source: string, files: readonly StagedFile[]): string {
  const content = files.map(({ path, fingerprint, modifiedAt }) => [path, fingerprint, modifiedAt]);
  return `${source}-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)}`;
}

function stagedTables(files: readonly StagedFile[]): Record<string, string[]> {
  return {
    staged_events: files.map((file) => file.staged.events),
    staged_profiles: files.map((file) => file.staged.profiles),
    staged_quarantine: files.map((file) => file.staged.quarantine),
  };
}

function landingFiles(files: readonly StagedFile[]) {
  const column = <T>(value: (file: StagedFile, position: number) => T) => files.map(value);
  return {
    rows: files.length,
    columns: {
      path: column((file) => file.path),
      position: column((_, position) => position),
      fingerprint: column((file) => file.fingerprint),
      bytes: column((file) => BigInt(file.bytes)),
      modified_at: column((file) => file.modifiedAt),
      read_rows: column((file) => BigInt(file.readRows)),
    },
  };
}

function sum(files: readonly StagedFile[], value: (file: StagedFile) => number): number {
  return files.reduce((total, file) => total + value(file), 0);
}
