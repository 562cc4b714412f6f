import { createHash } from 'node:crypto';
import { kpiSources, kpiTableNames, kpiTableQuery, kpiTables } from '../core/kpis/kpi-tables';
import type { KpiContent } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';

/**
 * What a KPI store is to hold of a version of the lake. Nothing is read before the store asks for it. The content's revision
 * tells the tables that it is made of, and how they are made: the same is never other content.
 */
export async function kpiContent(lake: Lake, version: number, signal: AbortSignal): Promise<KpiContent> {
  const queries = kpiTableNames.map((table) => [table, kpiTableQuery(table, lake.dialect)] as const);
  const sources = await Promise.all(kpiSources.map((table) => lake.tableRevision(table, version)));
  const basis = JSON.stringify([kpiTables, queries, sources]);
  const tables = queries.map(([table, sql]) => [
    table,
    { columns: kpiTables[table], batches: lake.stream(sql, { version, signal }) },
  ]);
  return {
    revision: createHash('sha256').update(basis).digest('hex').slice(0, 32),
    tables: Object.fromEntries(tables) as KpiContent['tables'],
  };
}
