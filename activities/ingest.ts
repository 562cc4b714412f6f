import { HubError } from '../core/errors';
import { landingQueries } from '../core/ingest/landing-sql';
import type { Lake, LakeCommit } from '../ports/lake';
import type { LandingZone, SourceFile, StagedFile } from '../ports/landing-zone';
import type { Source } from '../schemas/source';
import { cancellation, heartbeat, thisRun, whileAlive } from './context';
import { batchName, landedAs, landingFiles, sourceNamed, stagedTables, type LandSourceResult } from './landed-files';

export interface LandSourceInput {
  readonly source: string;
  readonly businessDate: string;
  readonly files: readonly StagedFile[];
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
    inputs: { landing_files: landingFiles(files) },
    ...landingQueries({ source: source.name, businessDate, batch }, lake.dialect),
  };
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
  const known = new Set(landed.map(({ path, bytes, modified_at: at }) => versionOf(path, bytes, at)));
  return files.filter(({ path, bytes, modifiedAt }) => !known.has(versionOf(path, bytes, modifiedAt)));
}

/** Whole milliseconds: fractions are lost where files are copied, or restored from a backup. */
function versionOf(path: string, bytes: number | bigint, modifiedAt: number): string {
  return `${path}|${bytes}|${Math.floor(modifiedAt)}`;
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

function sum(files: readonly StagedFile[], value: (file: StagedFile) => number): number {
  return files.reduce((total, file) => total + value(file), 0);
}
