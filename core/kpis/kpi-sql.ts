import type { LakeCommitQueries } from '../lake/queries';
import { noRowsOf } from '../lake/tables';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';

export interface KpiValue {
  readonly kpi: string;
  readonly unit: string;
  /** Null where there is nothing to compute it from. */
  readonly value: number | null;
}

/** Writes a business date's values beside those of the other dates. */
export function kpiQueries(values: readonly KpiValue[], businessDate: string, dialect: LakeDialect): LakeCommitQueries {
  const date = `DATE ${literal(businessDate)}`;
  const rows = values.map(
    ({
      kpi,
      unit,
      value,
    }) => `SELECT ${literal(kpi)} AS kpi, ${date} AS business_date, CAST(${value ?? 'NULL'} AS DOUBLE) AS value,
  ${literal(unit)} AS unit`,
  );
  const today = rows.length === 0 ? noRowsOf('kpis', dialect) : rows.join('\nUNION ALL ');
  return {
    prepare: [{ name: 'today', select: today }],
    writes: [
      {
        table: 'kpis',
        mode: 'replace',
        select: `SELECT * FROM kpis WHERE business_date <> ${date} UNION ALL SELECT * FROM today ORDER BY business_date, kpi`,
      },
    ],
  };
}
