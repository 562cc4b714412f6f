import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FIRES_KEPT_MS, minuteOf, type Fires } from '../../../core/milestones/fires';
import type { Notification, Told, ToldBefore } from '../../../core/milestones/notifications';
import type { MilestoneTrigger } from '../../../core/milestones/trigger';
import { slices } from '../../../core/slices';
import type { DueLook, TriggerStore } from '../../../ports/trigger-store';
import { clientConfig, type AwsConnection } from '../client-policy';
import { ActiveTriggers } from './active-triggers';
import { DueLooks, type LookToSet } from './due-looks';
import { DynamoTable, WRITES_A_TRANSACTION, type ItemKey, type TableWrite } from './dynamo-table';
import { EXPIRES_AT, triggerTables } from './trigger-tables';

const TOLD = 'told#';
const WEBHOOK = 'webhook#';
const MINUTE_DIGITS = 16;

/**
 * The trigger store in DynamoDB, in the tables of `triggerTables`.
 *
 * @param prefix begins the names of the tables
 */
export function openDynamoTriggerStore(connection: AwsConnection, prefix: string): TriggerStore {
  const client = new DynamoDBClient(clientConfig('dynamodb', connection));
  const documents = DynamoDBDocumentClient.from(client);
  return new DynamoTriggerStore(client, new DynamoTable(documents, triggerTables(prefix)[0].name));
}

class DynamoTriggerStore implements TriggerStore {
  private readonly triggers: ActiveTriggers;
  private readonly looks: DueLooks;

  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: DynamoTable,
  ) {
    this.triggers = new ActiveTriggers(table);
    this.looks = new DueLooks(table);
  }

  activate(triggers: readonly MilestoneTrigger[], signal?: AbortSignal): Promise<void> {
    return this.triggers.activate(triggers, signal);
  }

  active(signal?: AbortSignal): Promise<readonly MilestoneTrigger[]> {
    return this.triggers.active(signal);
  }

  versions(milestone: string, signal?: AbortSignal): Promise<readonly MilestoneTrigger[]> {
    return this.triggers.versions(milestone, signal);
  }

  revision(signal?: AbortSignal): Promise<number> {
    return this.triggers.revision(signal);
  }

  setDue(looks: readonly LookToSet[], signal?: AbortSignal): Promise<void> {
    return this.looks.set(looks, signal);
  }

  due(by: number, limit: number, signal?: AbortSignal): Promise<readonly DueLook[]> {
    return this.looks.due(by, limit, signal);
  }

  awaited(signal?: AbortSignal): Promise<Readonly<Record<string, number>>> {
    return this.looks.awaited(signal);
  }

  async noteFires(at: number, fires: ReadonlyMap<string, Fires>, signal?: AbortSignal): Promise<void> {
    const minute = minuteOf(at);
    for (const part of slices([...fires], WRITES_A_TRANSACTION)) await this.addFires(minute, part, signal);
  }

  async fires(milestone: string, signal?: AbortSignal): Promise<ReadonlyMap<number, Fires>> {
    const minutes = new Map<number, Fires>();
    let newest: number | undefined;
    const newestFirst = {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': firesKey(milestone, 0).pk },
      ScanIndexForward: false,
    };
    for await (const item of this.table.query(newestFirst, signal)) {
      const minute = Number(item.sk);
      newest ??= minute;
      // DynamoDB takes its time to remove what expired.
      if (minute < newest - FIRES_KEPT_MS) break;
      const { looks, reached, retracted, lagMs } = item as unknown as Fires;
      minutes.set(minute, { looks, reached, retracted, lagMs });
    }
    return new Map([...minutes].reverse());
  }

  async told(milestoneIds: readonly string[], signal?: AbortSignal): Promise<ToldBefore> {
    const items = await this.table.getAll([...new Set(milestoneIds)].map(toldKey), signal);
    return new Map(
      items.map((item) => {
        const webhooks = Object.entries(item).filter(([name]) => name.startsWith(WEBHOOK));
        const told = webhooks.map(([name, value]) => [name.slice(WEBHOOK.length), value as Told] as const);
        return [item.pk.slice(TOLD.length), Object.fromEntries(told)];
      }),
    );
  }

  async setTold(notifications: readonly Notification[], signal?: AbortSignal): Promise<void> {
    const byMilestone = new Map<string, Map<string, Told>>();
    for (const { milestoneId, webhook, state, times } of notifications) {
      const own = byMilestone.get(milestoneId) ?? new Map<string, Told>();
      byMilestone.set(milestoneId, own.set(webhook, { state, times }));
    }
    const writes = [...byMilestone].map(([milestoneId, told]) => telling(milestoneId, [...told]));
    for (const part of slices(writes, WRITES_A_TRANSACTION)) await this.table.transact(part, signal);
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  /** A lag that is not the longest is not set; as the longest only grows, no write is refused twice. */
  private async addFires(
    minute: number,
    fires: readonly (readonly [milestone: string, fires: Fires])[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const shorter = new Set<number>();
    for (;;) {
      const writes = fires.map(([milestone, counted], i) => adding(milestone, minute, counted, !shorter.has(i)));
      const refused = await this.table.transact(writes, signal);
      if (refused.length === 0) return;
      for (const place of refused) shorter.add(place);
    }
  }
}

function adding(milestone: string, minute: number, fires: Fires, isLongest: boolean): TableWrite {
  const set = isLongest ? 'SET lagMs = :lagMs, #expires = :expires' : 'SET #expires = :expires';
  return {
    Update: {
      Key: firesKey(milestone, minute),
      UpdateExpression: `${set} ADD looks :looks, reached :reached, retracted :retracted`,
      ExpressionAttributeNames: { '#expires': EXPIRES_AT },
      ExpressionAttributeValues: {
        ...{ ':looks': fires.looks, ':reached': fires.reached, ':retracted': fires.retracted },
        ':expires': Math.ceil((minute + 2 * FIRES_KEPT_MS) / 1_000),
        ...(isLongest ? { ':lagMs': fires.lagMs } : {}),
      },
      ...(isLongest ? { ConditionExpression: 'attribute_not_exists(lagMs) OR lagMs <= :lagMs' } : {}),
    },
  };
}

function telling(milestoneId: string, told: readonly (readonly [webhook: string, told: Told])[]): TableWrite {
  return {
    Update: {
      Key: toldKey(milestoneId),
      UpdateExpression: `SET ${told.map((_, i) => `#w${i} = :t${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(told.map(([webhook], i) => [`#w${i}`, `${WEBHOOK}${webhook}`])),
      ExpressionAttributeValues: Object.fromEntries(told.map(([, value], i) => [`:t${i}`, value])),
    },
  };
}

function firesKey(milestone: string, minute: number): ItemKey {
  return { pk: `fires#${milestone}`, sk: String(minute).padStart(MINUTE_DIGITS, '0') };
}

function toldKey(milestoneId: string): ItemKey {
  return { pk: `${TOLD}${milestoneId}`, sk: 'told' };
}
