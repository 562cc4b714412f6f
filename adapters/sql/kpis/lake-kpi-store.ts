import { kpiTables, madeKpiTables, type KpiTable } from '../../../core/kpis/kpi-tables';
import { withTables } from '../../../core/sql/with-tables';
import type { LakeDialect } from '../../../core/sql/lake-dialect';
import type { KpiQueryOptions, KpiStore } from '../../../ports/kpi-store';
import type { Lake } from '../../../ports/lake';

/** KPIs computed in the lake: nothing is loaded, queries see what the lake has. */
export class LakeKpiStore implements KpiStore {
  readonly dialect: LakeDialect;
  private readonly tables: ReadonlyMap<string, string>;

  constructor(private readonly lake: Pick<Lake, 'dialect' | 'rows'>) {
    this.dialect = lake.dialect;
    this.tables = madeKpiTables(lake.dialect);
  }

  async revision(): Promise<string> {
    return '';
  }

  async load(): Promise<void> {}

  rows<Row extends object>(sql: string, options: KpiQueryOptions = {}): Promise<Row[]> {
    const columnsOf = (table: string) => Object.keys(kpiTables[table as KpiTable]);
    return this.lake.rows<Row>(withTables(sql, this.tables, { columnsOf }), options);
  }

  /** The lake is closed by whoever opened it. */
  async close(): Promise<void> {}
}
