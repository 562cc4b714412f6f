import { createHash } from 'node:crypto';
import { HubError } from '../../../core/errors';
import type { DueLook } from '../../../ports/trigger-store';
import { WRITES_A_TRANSACTION, type DynamoTable, type Item, type ItemKey, type TableWrite } from './dynamo-table';
import { DUE_INDEX, DUE_SHARDS } from './trigger-tables';

/** A look as it is to be: without `dueAt`, it is not to be at all. */
export type LookToSet = Omit<DueLook, 'dueAt'> & { readonly dueAt: number | undefined };

/** What is due by a time, so many of a shard at a time. */
interface DuePages {
  readonly by: number;
  readonly page: number;
  readonly signal: AbortSignal | undefined;
}

const LOOK = 'look#';
const AWAITED = 'awaited';
const MOST_ATTEMPTS = 20;

/**
 * When to look again. An item a look, which the index `due` orders by time, and counters by milestone. A look is read
 * before it is written: most are what they are to be already, and reading costs a fifth of writing. Looks that come or
 * go are written in one transaction with their counters, so that these are exact.
 *
 * The index follows the table within a second or so. A look that it does not have yet is seen by the next who asks; one
 * that it still has is looked at once more, and comes to the same.
 */
export class DueLooks {
  constructor(private readonly table: DynamoTable) {}

  /** Of many looks some may be set before others; a hundred or so are set at once. */
  async set(looks: readonly LookToSet[], signal?: AbortSignal): Promise<void> {
    const shards = Array.from({ length: DUE_SHARDS }, (): LookToSet[] => []);
    for (const look of lastOfEach(looks)) shards[shardOf(look)]!.push(look);
    // Transactions over the same counter would cancel one another.
    await Promise.all(
      shards.map(async (own, shard) => {
        for (const part of transactionsOf(own)) await this.setTogether(part, shard, signal);
      }),
    );
  }

  /** Those due by a time, the earliest first, merged from all shards. */
  async due(by: number, limit: number, signal?: AbortSignal): Promise<DueLook[]> {
    const page = Math.ceil(limit / DUE_SHARDS) + 1;
    const lanes = await Promise.all(
      Array.from({ length: DUE_SHARDS }, async (_, shard) => {
        const items = this.dueIn(shard, { by, page, signal });
        return { items, head: await items.next() };
      }),
    );
    const found: DueLook[] = [];
    for (;;) {
      const open = lanes.filter(({ head }) => head.done !== true);
      if (open.length === 0 || found.length === limit) return found;
      const first = open.reduce((a, b) => (a.head.value!.dueAt <= b.head.value!.dueAt ? a : b));
      found.push(first.head.value!);
      if (found.length < limit) first.head = await first.items.next();
    }
  }

  async awaited(signal?: AbortSignal): Promise<Readonly<Record<string, number>>> {
    const counts = new Map<string, number>();
    const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': AWAITED } };
    for await (const { sk, looks } of this.table.query(query, signal)) {
      const milestone = sk.slice(sk.indexOf('#') + 1);
      counts.set(milestone, (counts.get(milestone) ?? 0) + (looks as number));
    }
    return Object.fromEntries(counts);
  }

  private async *dueIn(shard: number, { by, page, signal }: DuePages): AsyncGenerator<DueLook, undefined> {
    const query = {
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :by',
      ExpressionAttributeValues: { ':shard': String(shard), ':by': by },
      Limit: page,
    };
    for await (const item of this.table.query(query, signal)) yield lookIn(item);
    return undefined;
  }

  private async setTogether(
    looks: readonly LookToSet[],
    shard: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const items = await this.table.getAll(looks.map(keyOf), signal);
      const before = new Map(items.map((item) => [`${item.pk}\n${item.sk}`, item['dueAt'] as number]));
      const writes = writesFor(looks, (look) => before.get(nameOf(look)), shard);
      if (writes.length === 0 || (await this.table.transact(writes, signal)).length === 0) return;
      // Another set one of them in between.
    }
    throw new HubError('LOOKS_CONFLICT', 'others set the same looks all the time; let one process follow the graph', {
      retryable: true,
    });
  }
}

function writesFor(
  looks: readonly LookToSet[],
  before: (look: LookToSet) => number | undefined,
  shard: number,
): TableWrite[] {
  const writes: TableWrite[] = [];
  const changes = new Map<string, number>();
  for (const look of looks) {
    const was = before(look);
    if (was === look.dueAt) continue;
    writes.push(writeOf(look, was, shard));
    const change = Number(look.dueAt !== undefined) - Number(was !== undefined);
    changes.set(look.milestone, (changes.get(look.milestone) ?? 0) + change);
  }
  const counters = [...changes].filter(([, change]) => change !== 0);
  return [...writes, ...counters.map(([milestone, change]) => counting(milestone, shard, change))];
}

function writeOf(look: LookToSet, was: number | undefined, shard: number): TableWrite {
  const Key = keyOf(look);
  const { dueAt } = look;
  const isThere = 'attribute_exists(pk)';
  if (dueAt === undefined) return { Delete: { Key, ConditionExpression: isThere } };
  if (was === undefined) {
    const Item = { ...Key, dueAt, dueShard: String(shard) };
    return { Put: { Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
  return {
    Update: {
      Key,
      UpdateExpression: 'SET dueAt = :dueAt',
      ExpressionAttributeValues: { ':dueAt': dueAt },
      ConditionExpression: isThere,
    },
  };
}

function counting(milestone: string, shard: number, change: number): TableWrite {
  return {
    Update: {
      Key: { pk: AWAITED, sk: `${shard}#${milestone}` },
      UpdateExpression: 'ADD looks :change',
      ExpressionAttributeValues: { ':change': change },
    },
  };
}

/** As many as fit into one transaction with the counters of their milestones. */
function transactionsOf(looks: readonly LookToSet[]): LookToSet[][] {
  const parts: LookToSet[][] = [];
  let part: LookToSet[] = [];
  let milestones = new Set<string>();
  for (const look of [...looks].sort((a, b) => (a.milestone < b.milestone ? -1 : 1))) {
    const counters = milestones.size + Number(!milestones.has(look.milestone));
    if (part.length + 1 + counters > WRITES_A_TRANSACTION) {
      parts.push(part);
      part = [];
      milestones = new Set();
    }
    part.push(look);
    milestones.add(look.milestone);
  }
  return part.length === 0 ? parts : [...parts, part];
}

function lastOfEach(looks: readonly LookToSet[]): Iterable<LookToSet> {
  return new Map(looks.map((look) => [nameOf(look), look])).values();
}

function nameOf(look: LookToSet): string {
  const { pk, sk } = keyOf(look);
  return `${pk}\n${sk}`;
}

function keyOf({ customerId, milestone }: LookToSet): ItemKey {
  return { pk: `${LOOK}${customerId}`, sk: milestone };
}

function lookIn({ pk, sk, dueAt }: Item): DueLook {
  return { customerId: pk.slice(LOOK.length), milestone: sk, dueAt: dueAt as number };
}

function shardOf(look: LookToSet): number {
  return createHash('sha1').update(nameOf(look)).digest().readUInt32BE() % DUE_SHARDS;
}
