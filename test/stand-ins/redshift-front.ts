import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { Client, type FieldDef } from 'pg';
import { clientConfig } from '../../adapters/aws/client-policy';
import { messageOf } from '../../core/errors';
import { testConnection } from '../support/aws';
import { serveJson, type Body, type Operations } from './json-protocol';
import { columnOf, fieldOf } from './redshift-fields';
import { copyOf, copyParquet } from './redshift-copy';
import { numbered, refuseForeign, type Parameter } from './redshift-statements';
import { engineUsed } from '../support/used-engines';

export interface RedshiftFront {
  readonly url: string;
  /** Every statement that was started, in order; of a batch, each. */
  readonly statements: readonly string[];
  stop(): Promise<void>;
}

interface Part {
  readonly id: string;
  readonly sql: string;
  status: Status;
  error?: string;
  columns: readonly FieldDef[];
  rows: readonly (readonly (string | null)[])[];
}

type Status = 'SUBMITTED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

interface Execution {
  readonly id: string;
  readonly asked: string;
  readonly isBatch: boolean;
  readonly parameters: readonly Parameter[];
  readonly parts: readonly Part[];
  readonly ended: Promise<void>;
  status: Status;
  error?: string;
  /** Of PostgreSQL, while it works. */
  process?: number;
  isCancelled: boolean;
}

/** Rows of a page: few, so that answers have several. */
const PAGE_ROWS = 100;
const LONGEST = 100_000;
/** Texts as PostgreSQL writes them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as never;

/**
 * Redshift's Data API before a PostgreSQL: starts each statement once by its token, runs a batch as one transaction, tells
 * answers page by page, and loads Parquet from S3. SQL that Redshift does not take is refused.
 */
export async function startRedshiftFront(postgresUrl: string, s3Url: string): Promise<RedshiftFront> {
  const s3 = new S3Client({ ...clientConfig('s3', testConnection(s3Url, ['s3'])), forcePathStyle: true });
  engineUsed('front of Redshift');
  const front = new Front(postgresUrl, s3);
  const { url, stop } = await serveJson(front.operations, 'ValidationException');
  return {
    url,
    statements: front.statements,
    stop: async () => {
      await stop();
      await front.settled();
      s3.destroy();
    },
  };
}

class Front {
  readonly statements: string[] = [];
  private readonly executions = new Map<string, Execution>();
  private readonly byToken = new Map<string, string>();

  constructor(
    private readonly postgresUrl: string,
    private readonly s3: S3Client,
  ) {}

  async settled(): Promise<void> {
    await Promise.all([...this.executions.values()].map(({ ended }) => ended));
  }

  readonly operations: Operations = {
    ExecuteStatement: (body) => this.start(body, [String(body['Sql'])], false),
    BatchExecuteStatement: (body) => this.start(body, body['Sqls'] as string[], true),
    DescribeStatement: (body) => this.describe(this.execution(body)),
    GetStatementResult: (body) => this.result(body),
    CancelStatement: (body) => this.cancel(this.execution(body)),
  };

  private start(body: Body, sqls: readonly string[], isBatch: boolean): Body {
    refuseTarget(body);
    if (Buffer.byteLength(sqls.join(';')) > LONGEST) throw new Error(`Sql is longer than ${LONGEST} bytes`);
    if (sqls.length > 40) throw new Error('Sqls has more than 40 items');
    const parameters = (body['Parameters'] ?? []) as Parameter[];
    if (parameters.some(({ value }) => typeof value !== 'string' || value === ''))
      throw new Error('a value of Parameters is shorter than 1');
    const token = String(body['ClientToken']);
    const asked = JSON.stringify([sqls, parameters]);
    const before = this.executions.get(this.byToken.get(token) ?? '');
    if (before !== undefined && before.asked !== asked) throw new Error('the ClientToken was given to another request');
    const { id } = before ?? this.begin(token, { asked, sqls, parameters, isBatch });
    return { Id: id, Database: body['Database'], CreatedAt: Date.now() / 1_000 };
  }

  private begin(
    token: string,
    given: { asked: string; sqls: readonly string[]; parameters: readonly Parameter[]; isBatch: boolean },
  ): Execution {
    const { sqls, ...rest } = given;
    const id = randomUUID();
    const parts = sqls.map((sql, index): Part => ({
      id: `${id}:${index + 1}`,
      sql,
      status: 'SUBMITTED',
      columns: [],
      rows: [],
    }));
    let end = () => undefined as void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const execution: Execution = { ...rest, id, parts, ended, status: 'SUBMITTED', isCancelled: false };
    this.byToken.set(token, id);
    this.executions.set(id, execution);
    this.statements.push(...sqls);
    void this.run(execution).finally(end);
    return execution;
  }

  private async run(execution: Execution): Promise<void> {
    const client = new Client({ connectionString: this.postgresUrl, types: AS_TEXT, options: '-c TimeZone=UTC' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      execution.process = (client as unknown as { processID: number }).processID;
      execution.status = 'STARTED';
      await client.query('BEGIN');
      for (const part of execution.parts) await this.runPart(client, execution, part);
      await client.query('COMMIT');
      execution.status = 'FINISHED';
    } catch (error) {
      execution.status = execution.isCancelled ? 'ABORTED' : 'FAILED';
      execution.error = execution.isCancelled ? "Query cancelled on user's request" : `ERROR: ${messageOf(error)}`;
    } finally {
      delete execution.process;
      await client.end();
    }
  }

  private async runPart(client: Client, { isCancelled, parameters }: Execution, part: Part): Promise<void> {
    try {
      if (isCancelled) throw new Error('cancelled');
      part.status = 'STARTED';
      const copy = copyOf(part.sql);
      if (copy !== undefined) await copyParquet(client, this.s3, copy);
      else {
        refuseForeign(part.sql);
        const { fields, rows } = await client.query<(string | null)[]>({
          ...numbered(part.sql, parameters),
          rowMode: 'array',
        });
        Object.assign(part, { columns: fields ?? [], rows: rows ?? [] });
      }
      part.status = 'FINISHED';
    } catch (error) {
      part.status = 'FAILED';
      part.error = `ERROR: ${messageOf(error)}`;
      throw error;
    }
  }

  private describe({ id, status, error, parts, isBatch }: Execution): Body {
    const told = (part: Part) => ({ HasResultSet: part.columns.length > 0, ResultRows: part.rows.length });
    return {
      Id: id,
      Status: status,
      QueryString: parts[0]!.sql,
      ...(error === undefined ? {} : { Error: error }),
      ...(isBatch
        ? {
            SubStatements: parts.map((part) => ({
              ...{ Id: part.id, Status: part.status, QueryString: part.sql, ...told(part) },
              ...(part.error === undefined ? {} : { Error: part.error }),
            })),
          }
        : told(parts[0]!)),
    };
  }

  private result(body: Body): Body {
    const { status, parts } = this.execution(body);
    if (status !== 'FINISHED') throw new Error(`the statement is ${status}`);
    const { columns, rows } = parts[0]!;
    if (columns.length === 0) throw new Error('the statement has no result');
    const from = Number(body['NextToken'] ?? 0);
    const records = rows
      .slice(from, from + PAGE_ROWS)
      .map((row) => row.map((value, index) => fieldOf(columns[index]!, value)));
    const next = from + PAGE_ROWS;
    return {
      Records: records,
      ColumnMetadata: columns.map(columnOf),
      TotalNumRows: rows.length,
      ...(next < rows.length ? { NextToken: String(next) } : {}),
    };
  }

  private async cancel(execution: Execution): Promise<Body> {
    execution.isCancelled = true;
    if (execution.process !== undefined) {
      const client = new Client({ connectionString: this.postgresUrl });
      await client.connect();
      await client.query('SELECT pg_cancel_backend($1)', [execution.process]);
      await client.end();
    }
    return { Status: true };
  }

  private execution(body: Body): Execution {
    const found = this.executions.get(String(body['Id']));
    if (found === undefined) throw new Error(`there is no statement ${body['Id']}`);
    return found;
  }
}

/** A workgroup, or a cluster, and never both. */
function refuseTarget(body: Body): void {
  const { WorkgroupName: workgroup, ClusterIdentifier: cluster, DbUser: user, Database: database } = body;
  if ((workgroup === undefined) === (cluster === undefined) || database === undefined)
    throw new Error('give WorkgroupName or ClusterIdentifier, and Database');
  if (workgroup !== undefined && user !== undefined) throw new Error('a workgroup takes no DbUser');
}
