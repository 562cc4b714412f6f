import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { open, type Key, type RootDatabase } from 'lmdb';
import { FIRES_KEPT_MS, NO_FIRES, addFires, minuteOf, type Fires } from '../../../core/milestones/fires';
import type { Notification, Told, ToldBefore } from '../../../core/milestones/notifications';
import { meaningOf, type MilestoneTrigger } from '../../../core/milestones/trigger';
import type { DueLook, TriggerStore } from '../../../ports/trigger-store';

/** Sorts behind every text and number that keys are made of. */
const LAST = Buffer.from([0xff]);

/**
 * The trigger store of one machine, in LMDB: keys are ordered, so that what is due is found without looking at the
 * rest; a write is durable when its promise resolves; several processes may read and write.
 *
 * Keys: `trigger, milestone, storedAt, version`; `active, milestone`; `due, dueAt, customer, milestone` and its reverse
 * `look, customer, milestone`; `awaited, milestone`; `fires, milestone, minute`; `told, milestone's vertex`; `revision`.
 */
export async function openTriggerStore(path: string): Promise<TriggerStore> {
  await mkdir(dirname(path), { recursive: true });
  return new LocalTriggerStore(open({ path }));
}

class LocalTriggerStore implements TriggerStore {
  constructor(private readonly database: RootDatabase<unknown, Key>) {}

  async activate(triggers: readonly MilestoneTrigger[]): Promise<void> {
    if (meaningOf(await this.active()) === meaningOf(triggers)) return;
    await this.database.transaction(() => {
      for (const { key } of this.range(['active'])) void this.database.remove(key);
      for (const trigger of triggers) {
        const { milestone, version } = trigger;
        // The same version may be compiled otherwise by another release.
        const { storedAt } = this.find(milestone, version) ?? trigger;
        const key = ['trigger', milestone, storedAt, version];
        void this.database.put(key, { ...trigger, storedAt });
        void this.database.put(['active', milestone], key);
      }
      void this.database.put(['revision'], this.storedRevision() + 1);
    });
  }

  async active(): Promise<readonly MilestoneTrigger[]> {
    return [...this.range(['active'])].map(({ value }) => this.database.get(value as Key) as MilestoneTrigger);
  }

  async versions(milestone: string): Promise<readonly MilestoneTrigger[]> {
    return [...this.range(['trigger', milestone])].map(({ value }) => value as MilestoneTrigger);
  }

  async revision(): Promise<number> {
    return this.storedRevision();
  }

  async setDue(looks: readonly (Omit<DueLook, 'dueAt'> & { readonly dueAt: number | undefined })[]): Promise<void> {
    await this.database.transaction(() => {
      for (const { customerId, milestone, dueAt } of looks) this.setOne(customerId, milestone, dueAt);
    });
  }

  async due(by: number, limit: number): Promise<readonly DueLook[]> {
    const found = this.database.getKeys({ start: ['due'], end: ['due', by, LAST], limit });
    return [...found].map((key) => {
      const [, dueAt, customerId, milestone] = key as [string, number, string, string];
      return { customerId, milestone, dueAt };
    });
  }

  async awaited(): Promise<Readonly<Record<string, number>>> {
    const counts = [...this.range(['awaited'])].map(({ key, value }) => [(key as string[])[1]!, value as number]);
    return Object.fromEntries(counts) as Record<string, number>;
  }

  async noteFires(at: number, fires: ReadonlyMap<string, Fires>): Promise<void> {
    const minute = minuteOf(at);
    await this.database.transaction(() => {
      for (const [milestone, counted] of fires) {
        const key = ['fires', milestone, minute];
        const before = (this.database.get(key) as Fires | undefined) ?? NO_FIRES;
        void this.database.put(key, addFires(before, counted));
        const old = { start: ['fires', milestone], end: ['fires', milestone, minute - FIRES_KEPT_MS] };
        for (const each of this.database.getKeys(old)) void this.database.remove(each);
      }
    });
  }

  async fires(milestone: string): Promise<ReadonlyMap<number, Fires>> {
    return new Map(
      [...this.range(['fires', milestone])].map(({ key, value }) => [
        (key as [string, string, number])[2],
        value as Fires,
      ]),
    );
  }

  async told(milestoneIds: readonly string[]): Promise<ToldBefore> {
    return new Map(
      milestoneIds.flatMap((id) => {
        const told = this.toldOf(id);
        return told === undefined ? [] : [[id, told] as const];
      }),
    );
  }

  async setTold(notifications: readonly Notification[]): Promise<void> {
    await this.database.transaction(() => {
      for (const { webhook, milestoneId, state, times } of notifications) {
        void this.database.put(['told', milestoneId], { ...this.toldOf(milestoneId), [webhook]: { state, times } });
      }
    });
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  private setOne(customerId: string, milestone: string, dueAt: number | undefined): void {
    const look = ['look', customerId, milestone];
    const before = this.database.get(look) as number | undefined;
    if (before === dueAt) return;
    if (before !== undefined) void this.database.remove(['due', before, customerId, milestone]);
    if (dueAt === undefined) void this.database.remove(look);
    else {
      void this.database.put(['due', dueAt, customerId, milestone], true);
      void this.database.put(look, dueAt);
    }
    const change = Number(dueAt !== undefined) - Number(before !== undefined);
    if (change === 0) return;
    const counted = ['awaited', milestone];
    void this.database.put(counted, ((this.database.get(counted) as number | undefined) ?? 0) + change);
  }

  private toldOf(milestoneId: string): Readonly<Record<string, Told>> | undefined {
    return this.database.get(['told', milestoneId]) as Readonly<Record<string, Told>> | undefined;
  }

  private find(milestone: string, version: string): MilestoneTrigger | undefined {
    for (const { value } of this.range(['trigger', milestone])) {
      if ((value as MilestoneTrigger).version === version) return value as MilestoneTrigger;
    }
    return undefined;
  }

  private storedRevision(): number {
    return (this.database.get(['revision']) as number | undefined) ?? 0;
  }

  private range(prefix: readonly string[]) {
    return this.database.getRange({ start: [...prefix], end: [...prefix, LAST] });
  }
}
