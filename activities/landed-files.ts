import { createHash } from 'node:crypto';
import { HubError } from '../core/errors';
import { landingFilesColumns } from '../core/ingest/landing-sql';
import type { Lake, LakeInput } from '../ports/lake';
import type { StagedFile } from '../ports/landing-zone';
import type { Source } from '../schemas/source';

export interface FileOutcome {
  readonly path: string;
  readonly read: number;
  readonly landed: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

export interface LandSourceResult {
  /** Names what landed together; the graph is loaded by it. */
  readonly batch: string;
  readonly files: readonly FileOutcome[];
}

/** @throws HubError SOURCE_UNKNOWN, which names those that there are */
export function sourceNamed(sources: readonly Source[], name: string): Source {
  const source = sources.find((candidate) => candidate.name === name);
  if (source !== undefined) return source;
  const known = sources.map((candidate) => candidate.name).join(', ');
  throw new HubError('SOURCE_UNKNOWN', `there is no source "${name}"; there are ${known}`, { field: 'source' });
}

/** The same files with the same content make the same batch. */
export function batchName(source: string, files: readonly StagedFile[]): string {
  const content = files.map(({ path, fingerprint, modifiedAt }) => [path, fingerprint, modifiedAt]);
  return `${source}-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)}`;
}

/** What a batch has become; no files where it did not land. */
export async function landedAs(lake: Lake, batch: string): Promise<LandSourceResult> {
  const files = await lake.rows<Record<keyof FileOutcome, unknown>>(
    `SELECT path, read_rows AS read, landed_rows AS landed, duplicate_rows AS duplicates,
  quarantined_rows AS quarantined FROM files WHERE batch = $batch ORDER BY path`,
    { parameters: { batch } },
  );
  return { batch, files: files.map(fileOutcome) };
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

/** The staged rows of some files, by the names that landing queries have for them. */
export function stagedTables(files: readonly StagedFile[]): Record<string, string[]> {
  return {
    staged_events: files.map((file) => file.staged.events),
    staged_profiles: files.map((file) => file.staged.profiles),
    staged_quarantine: files.map((file) => file.staged.quarantine),
  };
}

/** What landing queries are told of the files, as rows. */
export function landingFiles(files: readonly StagedFile[]): LakeInput {
  const column = <T>(value: (file: StagedFile, position: number) => T) => files.map(value);
  const columns = {
    path: column((file) => file.path),
    position: column((_, position) => position),
    fingerprint: column((file) => file.fingerprint),
    bytes: column((file) => BigInt(file.bytes)),
    modified_at: column((file) => file.modifiedAt),
    read_rows: column((file) => BigInt(file.readRows)),
  };
  return { columns: landingFilesColumns, batches: [{ rows: files.length, columns }] };
}
