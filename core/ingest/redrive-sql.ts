import type { LakeCommitQueries } from '../lake/queries';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';
import { landingQueries, type Landing } from './landing-sql';

/** Columns of `redriven`: rows of the quarantine that land again, as which row of which file. */
export const redrivenColumns = {
  file: 'VARCHAR',
  file_row: 'BIGINT',
  redrive_file: 'VARCHAR',
  redrive_row: 'BIGINT',
} as const;

/** Rows of the quarantine that may be read again: objects with the names of columns. Others are lines that no reader could take apart. */
export const REDRIVABLE = `raw LIKE '{%'`;

/**
 * How rows of the quarantine land again, in one commit: what is good now lands as any row does; what is still bad stays, at its old
 * place, with the new reason; all others stay as they are. Queries over what `landingQueries` reads, and `redriven`.
 */
export function redriveQueries(landing: Landing, dialect: LakeDialect): LakeCommitQueries {
  const { prepare, writes } = landingQueries(landing, dialect);
  const select = `SELECT * FROM quarantine AS kept WHERE source <> ${literal(landing.source)} OR NOT coalesce(${REDRIVABLE}, false)
  OR NOT EXISTS (SELECT 1 FROM redriven WHERE redriven.file = kept.file AND redriven.file_row = kept.file_row)
UNION ALL SELECT bad.source, redriven.file, redriven.file_row, bad.reason, bad.raw, DATE ${literal(landing.businessDate)} AS business_date
FROM staged_quarantine AS bad JOIN redriven ON redriven.redrive_file = bad.file AND redriven.redrive_row = bad.file_row
ORDER BY source, file, file_row`;
  return {
    prepare,
    writes: writes.map((write) => (write.table === 'quarantine' ? { ...write, mode: 'replace', select } : write)),
  };
}
