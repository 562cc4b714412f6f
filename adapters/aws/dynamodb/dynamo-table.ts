import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
  type TransactWriteCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { HubError } from '../../../core/errors';
import { slices } from '../../../core/slices';
import { callAws, type Abort } from '../aws-errors';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export type Item = ItemKey & Readonly<Record<string, unknown>>;

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type WithoutTable<Input> = Omit<Input, 'TableName'>;
/** A write of a transaction, to this table. */
export type TableWrite = { [Kind in keyof Write]: WithoutTable<NonNullable<Write[Kind]>> };

const KEYS_A_REQUEST = 100;
/** What a transaction holds. */
export const WRITES_A_TRANSACTION = 100;
/** How often what was left over, or cancelled for what passes, is asked for again. */
const MOST_ATTEMPTS = 10;
const FIRST_BACKOFF_MS = 25;
const LONGEST_BACKOFF_MS = 2_000;
/** Why a transaction was cancelled that may go through when it is tried again. */
const PASSING = ['TransactionConflict', 'ProvisionedThroughputExceeded', 'ThrottlingError'];

/**
 * A table with the keys `pk` and `sk`. What is read is what was written last, unless it is read by an index. Requests, and the wait
 * for another, end with `CANCELLED` when the signal fires.
 */
export class DynamoTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly name: string,
  ) {}

  async get(key: ItemKey, signal?: AbortSignal): Promise<Item | undefined> {
    const command = new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true });
    const { Item } = await this.call('reading', signal, (abort) => this.client.send(command, abort));
    return Item as Item | undefined;
  }

  /** The items that there are, in no order. Keys must differ. */
  async getAll(keys: readonly ItemKey[], signal?: AbortSignal): Promise<Item[]> {
    const parts = slices(keys, KEYS_A_REQUEST).map((part) => this.getSome(part, signal));
    return (await Promise.all(parts)).flat();
  }

  /** All items of a query, page by page as they are asked for. */
  async *query(query: WithoutTable<QueryCommandInput>, signal?: AbortSignal): AsyncGenerator<Item> {
    let from: Record<string, unknown> | undefined;
    do {
      const page = { ConsistentRead: query.IndexName === undefined, ...query, ExclusiveStartKey: from };
      const command = new QueryCommand({ TableName: this.name, ...page });
      const { Items, LastEvaluatedKey } = await this.call('querying', signal, (abort) =>
        this.client.send(command, abort),
      );
      yield* (Items ?? []) as Item[];
      from = LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** @returns whether the condition held */
  async update(update: WithoutTable<UpdateCommandInput>, signal?: AbortSignal): Promise<boolean> {
    const command = new UpdateCommand({ TableName: this.name, ...update });
    return this.call('writing', signal, (abort) =>
      this.client.send(command, abort).then(
        () => true,
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        },
      ),
    );
  }

  /**
   * Writes all or nothing, at most `WRITES_A_TRANSACTION`. A request whose answer was lost is known by its token when it
   * is tried again, so that nothing is added twice.
   *
   * @returns the places of the writes whose conditions did not hold: then nothing was written
   */
  async transact(writes: readonly TableWrite[], signal?: AbortSignal): Promise<number[]> {
    const TransactItems = writes.map((write) => this.named(write));
    for (let attempt = 1; ; attempt++) {
      const command = new TransactWriteCommand({ TransactItems, ClientRequestToken: randomUUID() });
      try {
        await this.call('writing', signal, (abort) => this.client.send(command, abort));
        return [];
      } catch (error) {
        const reasons = reasonsOf(error);
        const failed = reasons.flatMap((code, place) => (code === 'ConditionalCheckFailed' ? [place] : []));
        if (failed.length > 0) return failed;
        const isPassing = reasons.length > 0 && reasons.every((code) => code === 'None' || PASSING.includes(code));
        if (!isPassing) throw error;
        if (attempt >= MOST_ATTEMPTS) throw this.busy(error);
        await this.backOff(attempt, signal);
      }
    }
  }

  private async getSome(keys: readonly ItemKey[], signal: AbortSignal | undefined): Promise<Item[]> {
    const found: Item[] = [];
    let left: readonly ItemKey[] = keys;
    for (let attempt = 1; left.length > 0; attempt++) {
      const request = { [this.name]: { Keys: [...left], ConsistentRead: true } };
      const command = new BatchGetCommand({ RequestItems: request });
      const { Responses, UnprocessedKeys } = await this.call('reading', signal, (abort) =>
        this.client.send(command, abort),
      );
      const items = (Responses?.[this.name] ?? []) as Item[];
      found.push(...items);
      left = (UnprocessedKeys?.[this.name]?.Keys ?? []) as unknown as ItemKey[];
      // What does not fit into an answer is left over, too: only requests that bring nothing are counted.
      if (items.length > 0) attempt = 0;
      else if (left.length > 0 && attempt >= MOST_ATTEMPTS) throw this.busy(undefined);
      if (left.length > 0) await this.backOff(attempt, signal);
    }
    return found;
  }

  private named(write: TableWrite): Write {
    const [kind, content] = Object.entries(write)[0]!;
    return { [kind]: { TableName: this.name, ...content } } as Write;
  }

  private call<T>(doing: string, signal: AbortSignal | undefined, work: (abort: Abort) => Promise<T>): Promise<T> {
    return callAws(`${doing} the DynamoDB table ${this.name}`, signal, work);
  }

  private async backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const ms = Math.random() * Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS);
    await this.call('waiting for', signal, () => delay(ms, undefined, signal === undefined ? {} : { signal }));
  }

  private busy(cause: unknown): HubError {
    return new HubError(
      'AWS_THROTTLED',
      `the DynamoDB table ${this.name} did not get to what it was asked in ${MOST_ATTEMPTS} attempts`,
      { retryable: true, cause },
    );
  }
}

/** Why each write of a transaction was cancelled, or nothing for another error. */
function reasonsOf(error: unknown): string[] {
  const cause = error instanceof HubError ? error.cause : error;
  if (!(cause instanceof TransactionCanceledException)) return [];
  return (cause.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}
