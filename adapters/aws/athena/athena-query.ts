import { randomUUID } from 'node:crypto';
import type { AthenaClient } from '@aws-sdk/client-athena';
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type GetQueryResultsCommandOutput,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { untilEnded } from '../until-ended';

export interface AthenaQueryOptions {
  readonly client: AthenaClient;
  /** Caps what one query may scan, and says who pays. */
  readonly workGroup: string;
  readonly database: string;
  /** Where answers are written: s3://bucket/folder/. A workgroup that enforces its own settings must name the same. */
  readonly outputLocation: string;
  /** Told of every query that ran. */
  readonly onQuery?: ((query: RanQuery) => void) | undefined;
}

export interface RanQuery {
  readonly id: string;
  readonly sql: string;
  /** What Athena charges for. */
  readonly scannedBytes: number;
  readonly ms: number;
}

/** In bytes of UTF-8; Athena takes no more. */
const LONGEST_QUERY = 262_144;
const ENDED: readonly unknown[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** One query in Athena, from its start to its answer. */
export class AthenaQuery {
  private constructor(
    private readonly options: AthenaQueryOptions,
    private readonly sql: string,
    readonly id: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Starts a query; a start that is tried again by the client is the same query. Throws as `finished` does. */
  static async start(options: AthenaQueryOptions, sql: string, signal?: AbortSignal): Promise<AthenaQuery> {
    if (Buffer.byteLength(sql) > LONGEST_QUERY) {
      const message = `the query has ${Buffer.byteLength(sql)} bytes, and Athena takes ${LONGEST_QUERY}: ask about less, or join the lake's parts by a vacuum`;
      throw new HubError('LAKE_QUERY_FAILED', `${message}\nin the query: ${sql}`);
    }
    const command = new StartQueryExecutionCommand({
      QueryString: sql,
      ClientRequestToken: randomUUID(),
      WorkGroup: options.workGroup,
      QueryExecutionContext: { Database: options.database },
      ResultConfiguration: { OutputLocation: options.outputLocation },
    });
    const { QueryExecutionId: id } = await callAws('starting a query in Athena', signal, () =>
      options.client.send(command),
    );
    return new AthenaQuery(options, sql, id!, signal);
  }

  /**
   * Waits until the query has ended; it is stopped when the signal fires.
   *
   * @throws HubError LAKE_QUERY_FAILED, LAKE_OUT_OF_MEMORY, LAKE_CONFLICT, LAKE_UNAVAILABLE, each with the SQL; CANCELLED;
   *   and those of `awsError`
   */
  async finished(): Promise<QueryExecution> {
    const execution = await untilEnded(
      {
        look: () => this.look(),
        hasEnded: ({ Status: status }) => ENDED.includes(status?.State),
        stop: () => this.stop(),
      },
      this.signal,
    );
    if (execution.Status?.State !== 'SUCCEEDED') throw this.failure(execution);
    return this.tell(execution);
  }

  /** A page of the answer, at most 1,000 rows; of a query that gives rows, the first of the first page is its header. */
  async page(token: string | undefined, rows = 1_000): Promise<GetQueryResultsCommandOutput> {
    const command = new GetQueryResultsCommand({
      QueryExecutionId: this.id,
      MaxResults: rows,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    return callAws('reading an answer of Athena', this.signal, (abort) => this.options.client.send(command, abort));
  }

  private async look(): Promise<QueryExecution> {
    const command = new GetQueryExecutionCommand({ QueryExecutionId: this.id });
    const { QueryExecution: execution } = await callAws('looking at a query in Athena', this.signal, (abort) =>
      this.options.client.send(command, abort),
    );
    return execution!;
  }

  /** What nobody waits for any more costs nothing either; Athena ends by itself what cannot be stopped now. */
  private async stop(): Promise<void> {
    await this.options.client.send(new StopQueryExecutionCommand({ QueryExecutionId: this.id })).catch(() => undefined);
  }

  private tell(execution: QueryExecution): QueryExecution {
    const { DataScannedInBytes: scannedBytes = 0, TotalExecutionTimeInMillis: ms = 0 } = execution.Statistics ?? {};
    this.options.onQuery?.({ id: this.id, sql: this.sql, scannedBytes, ms });
    return execution;
  }

  private failure({ Status: status }: QueryExecution): HubError {
    const reason = status?.AthenaError?.ErrorMessage ?? status?.StateChangeReason ?? 'Athena says no more';
    const [code, retryable] = meaningOf(reason, status?.AthenaError?.ErrorCategory, status?.AthenaError?.Retryable);
    return new HubError(code, `${reason} (query ${this.id})\nin the query: ${this.sql}`, { retryable });
  }
}

/** Athena's category of errors that are its own. */
const SYSTEM = 1;

function meaningOf(reason: string, category: number | undefined, retryable = false): readonly [string, boolean] {
  if (/ICEBERG_COMMIT_ERROR|TRANSACTION_CONFLICT|ICEBERG_MISSING_METADATA/.test(reason)) return ['LAKE_CONFLICT', true];
  if (/exhausted resources|EXCEEDED_\w*MEMORY|INSUFFICIENT_RESOURCES/i.test(reason))
    return ['LAKE_OUT_OF_MEMORY', true];
  if (category === SYSTEM || retryable) return ['LAKE_UNAVAILABLE', true];
  return ['LAKE_QUERY_FAILED', false];
}
