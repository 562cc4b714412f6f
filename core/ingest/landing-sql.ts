import type { LakeCommitQueries } from '../lake/queries';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';

/** Columns of `landing_files`, the rows that a landing gives about its files, in the order they are to land. */
export const landingFilesColumns = {
  path: 'VARCHAR',
  position: 'INTEGER',
  fingerprint: 'VARCHAR',
  bytes: 'BIGINT',
  modified_at: 'DOUBLE',
  read_rows: 'BIGINT',
} as const;

/** What lands together: of which source, for which day, under which name. */
export interface Landing {
  readonly source: string;
  readonly businessDate: string;
  readonly batch: string;
}

/**
 * How staged rows land: every event once, every change of a profile once, every bad row in quarantine, and a ledger row
 * per file whose counts must add up. Queries over the lake's tables, `staged_events`, `staged_profiles`,
 * `staged_quarantine` and `landing_files`.
 */
export function landingQueries({ source, businessDate, batch }: Landing, dialect: LakeDialect): LakeCommitQueries {
  const from = literal(source);
  const date = `DATE ${literal(businessDate)}`;
  const ofBatch = `SELECT *, ${literal(batch)} AS batch`;
  return {
    prepare: [
      { name: 'new_events', select: newEvents(from) },
      { name: 'new_profiles', select: newProfiles(from) },
      { name: 'file_counts', select: fileCounts(from, date, dialect) },
    ],
    writes: [
      { table: 'events', mode: 'append', select: `${ofBatch} FROM new_events ORDER BY position, file_row` },
      { table: 'profiles', mode: 'append', select: `${ofBatch} FROM new_profiles ORDER BY position, file_row` },
      {
        table: 'quarantine',
        mode: 'append',
        select: `SELECT *, ${date} AS business_date FROM staged_quarantine ORDER BY file, file_row`,
      },
      { table: 'files', mode: 'append', select: `${ofBatch} FROM file_counts ORDER BY path` },
    ],
  };
}

/** Of equal ids the first, in the order of the files and their rows; none that the lake has. */
function newEvents(from: string): string {
  return `SELECT * FROM (
  SELECT e.*, f.position, row_number() OVER (PARTITION BY e.event_id ORDER BY f.position, e.file_row) AS occurrence
  FROM staged_events e JOIN landing_files f ON f.path = e.file
) AS candidate
WHERE occurrence = 1
  AND NOT EXISTS (SELECT 1 FROM events known WHERE known.source = ${from} AND known.event_id = candidate.event_id)`;
}

/**
 * A profile row is news when it differs from what was known of the profile just before it was seen (slowly changing
 * dimension, type 2), or when it is the first to name the profile. Rows that say nothing but the id never undo what
 * other rows said.
 */
function newProfiles(from: string): string {
  return `WITH candidate AS (
  SELECT p.*, f.position FROM staged_profiles p JOIN landing_files f ON f.path = p.file
), versions AS (
  SELECT profile_id, content_hash, seen_at, -1 AS position, 0 AS file_row FROM profiles
  WHERE source = ${from} AND content_hash <> ''
  UNION ALL
  SELECT profile_id, content_hash, seen_at, position, file_row FROM candidate WHERE content_hash <> ''
), changes AS (
  SELECT position, file_row, content_hash FROM (
    SELECT *, lag(content_hash) OVER (PARTITION BY profile_id ORDER BY seen_at, position, file_row) AS before FROM versions
  ) AS history
  WHERE position >= 0 AND before IS DISTINCT FROM content_hash
), bare AS (
  SELECT position, file_row, content_hash FROM (
    SELECT *, row_number() OVER (PARTITION BY profile_id ORDER BY position, file_row) AS occurrence
    FROM candidate WHERE content_hash = ''
  ) AS named
  WHERE occurrence = 1
    AND NOT EXISTS (SELECT 1 FROM profiles known WHERE known.profile_id = named.profile_id)
    AND NOT EXISTS (SELECT 1 FROM candidate other WHERE other.profile_id = named.profile_id AND other.content_hash <> '')
)
SELECT candidate.* FROM candidate JOIN (SELECT * FROM changes UNION ALL SELECT * FROM bare) AS kept
  ON kept.position = candidate.position AND kept.file_row = candidate.file_row AND kept.content_hash = candidate.content_hash`;
}

/** The ledger. A file whose rows do not add up stops the landing: it would mean that rows were lost or doubled. */
function fileCounts(from: string, date: string, { fail }: LakeDialect): string {
  const says = (count: string) => `CAST(${count} AS VARCHAR)`;
  const lost = `'rows lost in ' || path || ': read ' || ${says('read_rows')} || ', landed ' || ${says('landed_rows')}
      || ', duplicates ' || ${says('duplicate_rows')} || ', quarantined ' || ${says('quarantined_rows')}`;
  return `WITH good AS (
  SELECT file, count(*) AS rows FROM (
    SELECT file, file_row FROM staged_events UNION SELECT file, file_row FROM staged_profiles
  ) GROUP BY file
), landed AS (
  SELECT file, count(*) AS rows FROM (
    SELECT file, file_row FROM new_events UNION SELECT file, file_row FROM new_profiles
  ) GROUP BY file
), bad AS (
  SELECT file, count(*) AS rows FROM staged_quarantine GROUP BY file
), counted AS (
  SELECT f.*, coalesce(landed.rows, 0) AS landed_rows, coalesce(good.rows, 0) - coalesce(landed.rows, 0) AS duplicate_rows,
    coalesce(bad.rows, 0) AS quarantined_rows
  FROM landing_files f
  LEFT JOIN good ON good.file = f.path LEFT JOIN landed ON landed.file = f.path LEFT JOIN bad ON bad.file = f.path
)
SELECT ${from} AS source, path, fingerprint, bytes, modified_at, ${date} AS business_date,
  CASE WHEN landed_rows + duplicate_rows + quarantined_rows = read_rows THEN read_rows
    ELSE CAST(${fail(lost)} AS BIGINT) END AS read_rows,
  landed_rows, duplicate_rows, quarantined_rows
FROM counted`;
}
