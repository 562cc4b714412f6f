import type { LakeCommitQueries } from '../lake/queries';

/** Columns of `kpi_rows`, what was computed, and of `kpi_refreshed`, of which days; days are texts, YYYY-MM-DD. */
export const kpiRowColumns = {
  kpi: 'VARCHAR',
  day: 'VARCHAR',
  dimensions: 'VARCHAR',
  numerator: 'DOUBLE',
  denominator: 'DOUBLE',
} as const;

export const kpiRefreshedColumns = {
  kpi: 'VARCHAR',
  definition: 'VARCHAR',
  refreshed_at: 'DOUBLE',
  from_day: 'VARCHAR',
  to_day: 'VARCHAR',
  status: 'VARCHAR',
  reason: 'VARCHAR',
  is_stock: 'BOOLEAN',
} as const;

/**
 * Puts what was computed in the place of what was known of the same KPIs and days; other days stay as they are, and so do those of KPIs
 * whose query failed. Of a stock, days that nothing was computed of stay, too: what it was cannot be told any more.
 *
 * @param timestampOf how the lake makes a time of epoch milliseconds
 */
export function kpiQueries(timestampOf: (epochMs: string) => string): LakeCommitQueries {
  return {
    prepare: [],
    writes: [
      {
        table: 'kpi_values',
        mode: 'replace',
        select: `SELECT * FROM kpi_values AS known WHERE NOT EXISTS (
  SELECT 1 FROM kpi_refreshed AS refreshed WHERE refreshed.status = 'done' AND NOT refreshed.is_stock AND refreshed.kpi = known.kpi
    AND known.day >= CAST(refreshed.from_day AS DATE) AND known.day < CAST(refreshed.to_day AS DATE)
) AND NOT EXISTS (
  SELECT 1 FROM kpi_rows AS computed WHERE computed.kpi = known.kpi AND CAST(computed.day AS DATE) = known.day
)
UNION ALL SELECT kpi, CAST(day AS DATE) AS day, dimensions, numerator, denominator FROM kpi_rows ORDER BY kpi, day, dimensions`,
      },
      {
        table: 'kpi_runs',
        mode: 'replace',
        select: `SELECT * FROM kpi_runs AS known WHERE known.kpi NOT IN (SELECT kpi FROM kpi_refreshed)
UNION ALL SELECT kpi, definition, ${timestampOf('refreshed_at')} AS refreshed_at, CAST(from_day AS DATE) AS from_day,
  CAST(to_day AS DATE) AS to_day, status, reason FROM kpi_refreshed ORDER BY kpi`,
      },
    ],
  };
}
