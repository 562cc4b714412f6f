import { createHash } from 'node:crypto';
import { HubError } from '../../../core/errors';
import { meaningOf, type MilestoneTrigger } from '../../../core/milestones/trigger';
import { slices } from '../../../core/slices';
import { type DynamoTable, type Item, type ItemKey } from './dynamo-table';
import { packJson, unpackJson, type PackedJson } from './packed-json';

/** The item that says which versions are active. */
const ACTIVE: ItemKey = { pk: 'active', sk: 'active' };
const WRITES_AT_ONCE = 10;
const MOST_ATTEMPTS = 10;

/** What is active: milestones with their versions, and a hash of what they are. */
interface Active {
  readonly revision: number;
  readonly meaning: string;
  readonly versions: readonly (readonly [milestone: string, version: string])[];
}

const NOTHING: Active = { revision: 0, meaning: hashOf([]), versions: [] };

/**
 * The stored queries. Versions are written first, and are seen by nobody; then one item is turned over, under the
 * condition that nobody else did: however many become active, all do at once.
 *
 * A version that another release compiles otherwise is written over before. Whoever reads it in between has the same
 * milestone in other words; and as it is the hash that is compared, an activation that is cut off there is taken up.
 */
export class ActiveTriggers {
  constructor(private readonly table: DynamoTable) {}

  /** @throws HubError `TRIGGER_TOO_LARGE`, `TRIGGERS_TOO_MANY`, `TRIGGERS_CONFLICT` (retryable) */
  async activate(triggers: readonly MilestoneTrigger[], signal?: AbortSignal): Promise<void> {
    const meaning = hashOf(triggers);
    if ((await this.current(signal)).meaning === meaning) return;
    for (const part of slices(triggers, WRITES_AT_ONCE))
      await Promise.all(part.map((trigger) => this.keepVersion(trigger, signal)));
    const versions = triggers.map(({ milestone, version }) => [milestone, version] as const);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const before = await this.current(signal);
      // Another did the same, or the answer of the attempt before was lost.
      if (before.meaning === meaning) return;
      if (await this.turnOver(before, { revision: before.revision + 1, meaning, versions }, signal)) return;
    }
    throw new HubError('TRIGGERS_CONFLICT', 'others make stored queries active all the time; let one process do it', {
      retryable: true,
    });
  }

  async active(signal?: AbortSignal): Promise<MilestoneTrigger[]> {
    const { versions } = await this.current(signal);
    return (await this.table.getAll(versions.map(versionKey), signal)).map(triggerIn);
  }

  async versions(milestone: string, signal?: AbortSignal): Promise<MilestoneTrigger[]> {
    const triggers: MilestoneTrigger[] = [];
    const { pk } = versionKey([milestone, '']);
    const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    for await (const item of this.table.query(query, signal)) triggers.push(triggerIn(item));
    return triggers.sort((a, b) => a.storedAt - b.storedAt || (a.version < b.version ? -1 : 1));
  }

  async revision(signal?: AbortSignal): Promise<number> {
    return (await this.current(signal)).revision;
  }

  private async current(signal: AbortSignal | undefined): Promise<Active> {
    const item = await this.table.get(ACTIVE, signal);
    if (item === undefined) return NOTHING;
    const { revision, meaning, ...rest } = item as unknown as Active & PackedJson;
    return { revision, meaning, versions: unpackJson(rest as PackedJson) };
  }

  /** When it was stored first stays. */
  private async keepVersion(
    { storedAt, ...trigger }: MilestoneTrigger,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { milestone, version } = trigger;
    const packed = packJson(trigger);
    if (packed === undefined)
      throw new HubError(
        'TRIGGER_TOO_LARGE',
        `the stored query of the milestone ${milestone} does not fit into 400 KB, which is what DynamoDB holds in an item; name fewer events and values in its steps`,
        { field: milestone },
      );
    const setting = settingPacked(packed, 'storedAt = if_not_exists(storedAt, :storedAt)', { ':storedAt': storedAt });
    await this.table.update({ Key: versionKey([milestone, version]), ...setting }, signal);
  }

  private turnOver(before: Active, after: Active, signal: AbortSignal | undefined): Promise<boolean> {
    const packed = packJson(after.versions);
    if (packed === undefined)
      throw new HubError(
        'TRIGGERS_TOO_MANY',
        `the names of ${after.versions.length} milestones do not fit into 400 KB, which is what DynamoDB holds in an item`,
      );
    const values = { ':revision': after.revision, ':meaning': after.meaning, ':before': before.revision };
    const update = {
      Key: ACTIVE,
      ...settingPacked(packed, 'revision = :revision, meaning = :meaning', values),
      ConditionExpression: 'attribute_not_exists(pk) OR revision = :before',
    };
    return this.table.update(update, signal);
  }
}

/** An item has its JSON under one name or the other. */
function settingPacked(packed: PackedJson, more: string, values: Readonly<Record<string, unknown>>) {
  const isText = 'json' in packed;
  return {
    UpdateExpression: `SET #kept = :packed, ${more} REMOVE #other`,
    ExpressionAttributeNames: { '#kept': isText ? 'json' : 'gzip', '#other': isText ? 'gzip' : 'json' },
    ExpressionAttributeValues: { ...values, ':packed': isText ? packed.json : packed.gzip },
  };
}

function versionKey([milestone, version]: readonly [milestone: string, version: string]): ItemKey {
  return { pk: `trigger#${milestone}`, sk: version };
}

function triggerIn(item: Item): MilestoneTrigger {
  const trigger = unpackJson<Omit<MilestoneTrigger, 'storedAt'>>(item as unknown as PackedJson);
  return { ...trigger, storedAt: item['storedAt'] as number };
}

function hashOf(triggers: readonly MilestoneTrigger[]): string {
  return createHash('sha256').update(meaningOf(triggers)).digest('hex');
}
