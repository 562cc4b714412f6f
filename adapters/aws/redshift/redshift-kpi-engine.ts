import { rm } from 'node:fs/promises';
import { RedshiftDataClient, type SqlParameter } from '@aws-sdk/client-redshift-data';
import { replaceParameters } from '../../../core/sql/bind-parameters';
import { literal } from '../../../core/sql/quote';
import { redshiftDialect } from '../../../core/sql/redshift-dialect';
import type { LakeInput } from '../../../ports/lake';
import { parameterType, withoutNul, type KpiEngine, type KpiParameters } from '../../sql/kpis/kpi-engine';
import { newName } from '../../sql/lake/part-names';
import type { ParquetFiles, SharedFiles, TableColumns } from '../../sql/lake/table-engine';
import { clientConfig, type AwsConnection } from '../client-policy';
import { rowsOfPage } from './redshift-answer';
import { RedshiftStatement, type RedshiftTarget, type StatementOptions } from './redshift-statement';

export interface RedshiftOptions {
  readonly target: RedshiftTarget;
  /** By which Redshift reads what is loaded. */
  readonly copyRole: string;
  readonly parquet: ParquetFiles;
  /** In S3, in Redshift's region. */
  readonly files: SharedFiles;
  /** How long a statement may take, in milliseconds; by default half an hour. */
  readonly statementMs?: number;
}

export type { RedshiftTarget } from './redshift-statement';

const STATEMENT_MS = 30 * 60_000;

/** Amazon Redshift, serverless or provisioned, through its Data API. */
export class RedshiftKpiEngine implements KpiEngine {
  readonly dialect = redshiftDialect;
  private readonly client: RedshiftDataClient;
  private readonly statements: StatementOptions;

  constructor(
    connection: AwsConnection,
    private readonly options: RedshiftOptions,
  ) {
    this.client = new RedshiftDataClient(clientConfig('redshift-data', connection));
    const { target, statementMs = STATEMENT_MS } = options;
    this.statements = { client: this.client, target, statementMs };
  }

  async run(statements: readonly string[], signal?: AbortSignal): Promise<void> {
    const started =
      statements.length === 1
        ? await RedshiftStatement.start(this.statements, statements[0]!, [], signal)
        : await RedshiftStatement.startAll(this.statements, statements, signal);
    await started.finished();
  }

  async rows<Row extends object>(sql: string, parameters: KpiParameters, signal?: AbortSignal): Promise<Row[]> {
    const { text, values } = named(sql, parameters);
    const statement = await RedshiftStatement.start(this.statements, text, values, signal);
    await statement.finished();
    const rows: Row[] = [];
    let columns: Parameters<typeof rowsOfPage>[0] = [];
    for await (const page of statement.pages()) {
      columns = page.ColumnMetadata ?? columns;
      rows.push(...rowsOfPage<Row>(columns, page));
    }
    return rows;
  }

  async fill(table: string, input: LakeInput, signal?: AbortSignal): Promise<void> {
    const { parquet, files, copyRole } = this.options;
    const folder = newName('k');
    const path = await parquet.write({ ...input, columns: timesAsTexts(input.columns) }, signal, input.columns);
    try {
      await files.upload(path, `${folder}/0.parquet`, signal);
      const sql = `COPY ${table} FROM ${literal(`${files.locationOf(folder)}/`)} IAM_ROLE ${literal(copyRole)} FORMAT AS PARQUET`;
      await this.run([sql], signal);
    } finally {
      await rm(path, { force: true });
      await files.remove(folder).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.client.destroy();
  }
}

function timesAsTexts(columns: TableColumns): TableColumns {
  const told = Object.entries(columns).map(([name, type]) => {
    return [name, type === 'TIMESTAMP' || type === 'DATE' ? 'VARCHAR' : type];
  });
  return Object.fromEntries(told) as TableColumns;
}

/**
 * The query with parameters as the Data API has them, and their values, which are texts of stated types. It takes neither
 * nulls nor empty texts: these are constants of the query.
 */
function named(sql: string, parameters: KpiParameters): { text: string; values: SqlParameter[] } {
  const values = new Map<string, string>();
  const text = replaceParameters(sql, parameters, 'KPI_QUERY_FAILED', (name, value) => {
    if (value === null || value === '') return `CAST(${value === null ? 'NULL' : "''"} AS ${parameterType(value)})`;
    values.set(name, withoutNul(String(value)));
    return `CAST(:${name} AS ${parameterType(value)})`;
  });
  return { text, values: [...values].map(([name, value]) => ({ name, value })) };
}
