import { randomUUID } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type DescribeStatementResponse,
  type GetStatementResultResponse,
  type RedshiftDataClient,
  type SqlParameter,
} from '@aws-sdk/client-redshift-data';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { untilEnded } from '../until-ended';
import { meaningOfFailure } from './redshift-errors';

/** Where statements run: a serverless workgroup, or a provisioned cluster and who asks there. */
export interface RedshiftTarget {
  readonly WorkgroupName?: string;
  readonly ClusterIdentifier?: string;
  readonly DbUser?: string;
  readonly SecretArn?: string;
  readonly Database: string;
}

export interface StatementOptions {
  readonly client: RedshiftDataClient;
  readonly target: RedshiftTarget;
  /** How long a statement may take, in milliseconds. */
  readonly statementMs: number;
}

/** In bytes of UTF-8; the Data API takes no more. */
const LONGEST_STATEMENT = 100_000;
const MOST_STATEMENTS = 40;
const ENDED: readonly unknown[] = ['FINISHED', 'FAILED', 'ABORTED'];

/** Statements in Redshift's Data API, from their start to their answer: one, or several in one transaction. */
export class RedshiftStatement {
  private constructor(
    private readonly options: StatementOptions,
    private readonly sql: string,
    readonly id: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Starts a statement; a start that is tried again by the client is the same statement. Throws as `finished` does. */
  static async start(
    options: StatementOptions,
    sql: string,
    parameters: readonly SqlParameter[],
    signal?: AbortSignal,
  ): Promise<RedshiftStatement> {
    refuseIfTooLong(sql);
    const command = new ExecuteStatementCommand({
      ...common(options),
      Sql: sql,
      ...(parameters.length === 0 ? {} : { Parameters: [...parameters] }),
    });
    return RedshiftStatement.begin(options, sql, signal, () => options.client.send(command));
  }

  /** Starts statements that are one transaction. */
  static async startAll(
    options: StatementOptions,
    statements: readonly string[],
    signal?: AbortSignal,
  ): Promise<RedshiftStatement> {
    const sql = statements.join(';\n');
    refuseIfTooLong(sql);
    if (statements.length > MOST_STATEMENTS) {
      throw new HubError('KPI_QUERY_FAILED', `the Data API takes ${MOST_STATEMENTS} statements at once, no more`);
    }
    const command = new BatchExecuteStatementCommand({ ...common(options), Sqls: [...statements] });
    return RedshiftStatement.begin(options, sql, signal, () => options.client.send(command));
  }

  private static async begin(
    options: StatementOptions,
    sql: string,
    signal: AbortSignal | undefined,
    send: () => Promise<{ readonly Id?: string | undefined }>,
  ): Promise<RedshiftStatement> {
    const { Id: id } = await callAws('starting a statement in Redshift', signal, async () => {
      try {
        return await send();
      } catch (error) {
        throw isTooBusy(error) ? tooBusy(error) : error;
      }
    });
    return new RedshiftStatement(options, sql, id!, signal);
  }

  /**
   * Waits until it has ended; it is cancelled when the signal fires, or when it takes too long.
   *
   * @throws HubError those of `ports/kpi-store.ts`, with the SQL, and those of `awsError`
   */
  async finished(): Promise<DescribeStatementResponse> {
    const limit = AbortSignal.timeout(this.options.statementMs);
    const either = this.signal === undefined ? limit : AbortSignal.any([limit, this.signal]);
    try {
      const state = await untilEnded(
        {
          look: () => this.look(either),
          hasEnded: ({ Status: status }) => ENDED.includes(status),
          stop: () => this.stop(),
        },
        either,
      );
      if (state.Status !== 'FINISHED') throw this.failure(state);
      return state;
    } catch (error) {
      if (!limit.aborted || this.signal?.aborted) throw error;
      const message = `Redshift took more than ${this.options.statementMs} ms (statement ${this.id})`;
      throw new HubError('KPI_STORE_TIMEOUT', `${message}\nin the query: ${this.sql}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  /** The pages of the answer, in the order of the query. */
  async *pages(): AsyncGenerator<GetStatementResultResponse> {
    let token: string | undefined;
    do {
      const command = new GetStatementResultCommand({
        Id: this.id,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await callAws('reading an answer of Redshift', this.signal, (abort) =>
        this.options.client.send(command, abort),
      );
      yield page;
      token = page.NextToken;
    } while (token !== undefined && token !== '');
  }

  private look(signal: AbortSignal): Promise<DescribeStatementResponse> {
    const command = new DescribeStatementCommand({ Id: this.id });
    return callAws('looking at a statement in Redshift', signal, (abort) => this.options.client.send(command, abort));
  }

  /** What cannot be cancelled now ends by itself, and nobody sees what it wrote. */
  private async stop(): Promise<void> {
    await this.options.client.send(new CancelStatementCommand({ Id: this.id })).catch(() => undefined);
  }

  private failure({ Error: said, Status: status, SubStatements: parts = [] }: DescribeStatementResponse): HubError {
    const failed = parts.find((part) => part.Status === 'FAILED');
    const reason = said ?? failed?.Error ?? (status === 'ABORTED' ? 'cancelled by somebody' : 'Redshift says no more');
    const [code, retryable] = meaningOfFailure(reason);
    const sql = failed?.QueryString ?? this.sql;
    return new HubError(code, `${reason} (statement ${this.id})\nin the query: ${sql}`, { retryable });
  }
}

function common({ target }: StatementOptions) {
  return { ...target, ClientToken: randomUUID(), StatementName: 'journey-hub' };
}

function refuseIfTooLong(sql: string): void {
  const bytes = Buffer.byteLength(sql);
  if (bytes <= LONGEST_STATEMENT) return;
  const message = `the query has ${bytes} bytes, and Redshift's Data API takes ${LONGEST_STATEMENT}: ask about less`;
  throw new HubError('KPI_QUERY_FAILED', `${message}\nin the query: ${sql}`);
}

function isTooBusy(error: unknown): boolean {
  return error instanceof Error && /^Active(Statements|Sessions)ExceededException$/.test(error.name);
}

function tooBusy(cause: unknown): HubError {
  const message = 'Redshift has as many statements under way as the Data API allows an account';
  return new HubError('KPI_STORE_UNAVAILABLE', message, { retryable: true, cause });
}
