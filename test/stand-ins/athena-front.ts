import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { messageOf } from '../../core/errors';
import { clientConfig } from '../../adapters/aws/client-policy';
import { testConnection } from '../support/aws';
import { serveJson, type Body, type Operations } from './json-protocol';
import { athenaStatement, type Statement } from './athena-statements';
import type { TrinoServer } from './trino-server';
import { trinoAnswer, type RawColumn } from './trino-raw';
import { engineUsed } from '../support/used-engines';

export interface AthenaFront {
  readonly url: string;
  /** Every query that was started, in order. */
  readonly queries: readonly string[];
  stop(): Promise<void>;
}

interface Execution {
  readonly id: string;
  readonly sql: string;
  readonly statement: Statement;
  readonly outputLocation: string;
  readonly cancel: AbortController;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  reason?: string;
  columns: readonly RawColumn[];
  rows: readonly (readonly (string | null)[])[];
  updateCount: number;
}

/**
 * Amazon Athena's interface before a Trino whose Iceberg catalog is Glue: starts each query once by its token, runs it as
 * Athena's engine would, writes answers to S3 as CSV, and tells them page by page.
 */
export async function startAthenaFront(trino: TrinoServer, s3Url: string): Promise<AthenaFront> {
  engineUsed('front of Athena');
  const front = new Front(
    trino,
    new S3Client({ ...clientConfig('s3', testConnection(s3Url, ['s3'])), forcePathStyle: true }),
  );
  return { ...(await serveJson(front.operations, 'InvalidRequestException')), queries: front.queries };
}

class Front {
  readonly queries: string[] = [];
  private readonly executions = new Map<string, Execution>();
  private readonly byToken = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly trino: TrinoServer,
    private readonly s3: S3Client,
  ) {}

  readonly operations: Operations = {
    StartQueryExecution: (body) => ({ QueryExecutionId: this.start(body) }),
    GetQueryExecution: (body) => ({ QueryExecution: this.describe(this.execution(body)) }),
    GetQueryResults: (body) => this.results(body),
    StopQueryExecution: (body) => this.stop(body),
  };

  private start(body: Body): string {
    const token = String(body['ClientRequestToken']);
    const sql = String(body['QueryString']);
    if (token.length < 32) throw new Error('ClientRequestToken must have length greater than or equal to 32');
    const before = this.byToken.get(token);
    if (before !== undefined) {
      if (this.executions.get(before)!.sql !== sql) throw new Error('Idempotent parameters do not match');
      return before;
    }
    const { OutputLocation } = body['ResultConfiguration'] as { OutputLocation: string };
    const id = randomUUID();
    const execution: Execution = {
      ...{ id, sql, statement: athenaStatement(sql), outputLocation: `${OutputLocation}${id}.csv` },
      ...{ cancel: new AbortController(), state: 'RUNNING', columns: [], rows: [], updateCount: 0 },
    };
    this.queries.push(sql);
    this.byToken.set(token, id);
    this.executions.set(id, execution);
    void this.run(execution);
    return id;
  }

  private async run(execution: Execution): Promise<void> {
    try {
      const ask = async () => {
        for (const sql of execution.statement.trino) {
          Object.assign(execution, await trinoAnswer(this.trino.address, sql, execution.cancel.signal));
        }
      };
      await (/^(SELECT|WITH)\b/.test(execution.sql) ? ask() : this.inTurn(ask));
      if (execution.statement.kind === 'DML') await this.writeAnswer(execution);
      execution.state = 'SUCCEEDED';
    } catch (error) {
      execution.state = execution.cancel.signal.aborted ? 'CANCELLED' : 'FAILED';
      execution.reason = messageOf(error);
    }
  }

  /** Moto's Glue takes a table's new state whatever it was made from, so that of two writers at once one would be lost. */
  private async inTurn(write: () => Promise<void>): Promise<void> {
    const mine = this.writing.then(write);
    this.writing = mine.catch(() => undefined);
    await mine;
  }

  private async writeAnswer({ outputLocation, columns, rows }: Execution): Promise<void> {
    const quoted = (value: string | null) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
    const lines = [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(quoted).join(',')}\n`);
    const { host, pathname } = new URL(outputLocation);
    await this.s3.send(new PutObjectCommand({ Bucket: host, Key: pathname.slice(1), Body: lines.join('') }));
  }

  private describe({ id, sql, statement, state, reason, outputLocation, rows }: Execution): Body {
    const failed = { ErrorCategory: 2, Retryable: false, ErrorMessage: reason };
    return {
      QueryExecutionId: id,
      Query: sql,
      StatementType: statement.kind,
      ResultConfiguration: { OutputLocation: outputLocation },
      Status: { State: state, ...(state === 'FAILED' ? { StateChangeReason: reason, AthenaError: failed } : {}) },
      Statistics: { DataScannedInBytes: 10 * rows.length, TotalExecutionTimeInMillis: 1 },
    };
  }

  private results(body: Body): Body {
    const execution = this.execution(body);
    if (execution.state !== 'SUCCEEDED')
      throw new Error(`Query has not yet finished. Current state: ${execution.state}`);
    const { columns, rows, updateCount } = execution;
    const from = Number(body['NextToken'] ?? 0);
    const most = Number(body['MaxResults'] ?? 1_000);
    if (most > 1_000) throw new Error('MaxResults is more than maximum allowed length 1000');
    const lines = columns.length === 0 ? [] : [columns.map(({ name }) => name), ...rows];
    const page = lines.slice(from, from + most).map((row) => ({
      Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
    }));
    return {
      UpdateCount: updateCount,
      ResultSet: {
        Rows: page,
        ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Type: type })) },
      },
      ...(from + most < lines.length ? { NextToken: String(from + most) } : {}),
    };
  }

  private stop(body: Body): Body {
    this.execution(body).cancel.abort();
    return {};
  }

  private execution(body: Body): Execution {
    const found = this.executions.get(String(body['QueryExecutionId']));
    if (found === undefined) throw new Error(`QueryExecution ${body['QueryExecutionId']} was not found`);
    return found;
  }
}
