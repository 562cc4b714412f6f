import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fires } from '../../core/milestones/fires';
import { triggerOf, type MilestoneTrigger } from '../../core/milestones/trigger';
import type { DueLook, TriggerStore } from '../../ports/trigger-store';
import { milestoneSpec } from '../../schemas/milestone';

/** What every trigger store must do. `reopen` opens the same one again, as another process would. */
export function triggerStoreContract(
  name: string,
  open: () => Promise<{ store: TriggerStore; reopen(): Promise<TriggerStore>; close(): Promise<void> }>,
): void {
  describe(`${name} as a trigger store`, () => {
    let store: TriggerStore;
    let reopen: () => Promise<TriggerStore>;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, reopen, close } = await open());
    });
    afterEach(() => close());

    it('keeps triggers whole, for whoever opens it', async () => {
      const triggers = [triggerFor('churned', '1'), triggerFor('__proto__', '1')];
      await store.activate(triggers);
      expect(byName(await (await reopen()).active())).toEqual(byName(triggers));
    });

    it('has one active version of a milestone, and keeps those before', async () => {
      await store.activate([triggerFor('churned', '1'), triggerFor('saved', '1')]);
      await store.activate([triggerFor('churned', '2', 5)]);
      expect((await store.active()).map(({ milestone, version }) => [milestone, version])).toEqual([['churned', '2']]);
      expect((await store.versions('churned')).map(({ version }) => version)).toEqual(['1', '2']);
      expect((await store.versions('saved')).map(({ version }) => version)).toEqual(['1']);
      expect(await store.versions('never')).toEqual([]);
    });

    it('has another revision when other triggers are active, and no other when the same are', async () => {
      await store.activate([triggerFor('churned', '1')]);
      const first = await store.revision();
      await store.activate([triggerFor('churned', '1', 9)]);
      expect(await store.revision()).toBe(first);
      await store.activate([]);
      expect(await store.revision()).not.toBe(first);
    });

    it('takes a query over that another release compiles otherwise, as the same version', async () => {
      const trigger = triggerFor('churned', '1', 3);
      await store.activate([trigger]);
      const revision = await store.revision();
      const other: MilestoneTrigger = { ...trigger, traversal: [['V']], storedAt: 9 };
      await store.activate([other]);
      expect(await store.revision()).not.toBe(revision);
      for (const stored of [await store.active(), await store.versions('churned')])
        expect(stored).toEqual([{ ...other, storedAt: 3 }]);
    });

    it('tells what is due, the earliest first, until it is set anew', async () => {
      await store.setDue([look('b', 20), look('a', 30), look('c', 10), look('d', 21)]);
      const due = async (by: number, limit = 10) => (await store.due(by, limit)).map(({ customerId }) => customerId);
      expect(await due(20)).toEqual(['c', 'b']);
      expect(await due(20, 1)).toEqual(['c']);
      await store.setDue([look('c', undefined), look('b', 25), look('never', undefined)]);
      expect(await due(30)).toEqual(['d', 'b', 'a']);
      expect(await store.awaited()).toEqual({ churned: 3 });
    });

    it('keeps what was told last, by milestone and webhook', async () => {
      const [one, other] = ['milestone:churned/c/1', 'milestone:churned/c/2'];
      const reached = { milestoneId: one, state: 'reached', times: 1 } as const;
      await store.setTold([
        { ...reached, webhook: 'crm' },
        { ...reached, webhook: 'mail' },
      ]);
      await store.setTold([{ webhook: 'crm', milestoneId: one, state: 'retracted', times: 2 }]);
      expect(await (await reopen()).told([one, other])).toEqual(
        new Map([[one, { crm: { state: 'retracted', times: 2 }, mail: { state: 'reached', times: 1 } }]]),
      );
    });

    it('counts fires by the minute, for an hour', async () => {
      const fires = (lagMs: number): Fires => ({ looks: 2, reached: 1, retracted: 0, lagMs });
      const minute = 60_000;
      const count = (at: number, lagMs: number) => store.noteFires(at, new Map([['churned', fires(lagMs)]]));
      await count(10 * minute, 5);
      await count(10 * minute + 59_999, 7);
      await count(11 * minute, 3);
      expect(await store.fires('churned')).toEqual(
        new Map([
          [10 * minute, { looks: 4, reached: 2, retracted: 0, lagMs: 7 }],
          [11 * minute, fires(3)],
        ]),
      );
      await count(11 * minute, 2);
      expect((await store.fires('churned')).get(11 * minute)).toEqual({ looks: 4, reached: 2, retracted: 0, lagMs: 3 });
      await count(71 * minute, 1);
      expect([...(await store.fires('churned')).keys()]).toEqual([11 * minute, 71 * minute]);
      expect(await store.fires('churn')).toEqual(new Map());
    });

    it('makes any number active at once: nobody ever sees some of the old and some of the new', async () => {
      const named = (version: string) => Array.from({ length: 230 }, (_, i) => triggerFor(`m${i}`, version));
      const other = await reopen();
      await store.activate(named('1'));
      const first = await store.revision();
      let isDone = false;
      const activating = store.activate(named('2')).finally(() => (isDone = true));
      const seen = new Set<string>();
      do {
        // Some stores answer without waiting for anything: others are to have their turn.
        await nextTurn();
        const active = await other.active();
        expect(active).toHaveLength(230);
        const versions = [...new Set(active.map(({ version }) => version))];
        expect(versions).toHaveLength(1);
        seen.add(versions[0]!);
      } while (!isDone);
      await activating;
      expect((await other.active()).every(({ version }) => version === '2')).toBe(true);
      expect(await other.revision()).not.toBe(first);
      expect([...seen].every((version) => ['1', '2'].includes(version))).toBe(true);
    });

    it('has the whole of one of those who activate at the same time', async () => {
      const stores = [store, await reopen()];
      const sets = ['a', 'b', 'c', 'd'].map((version) =>
        ['churned', `only-${version}`].map((n) => triggerFor(n, version)),
      );
      await Promise.all(sets.map((triggers, i) => stores[i % 2]!.activate(triggers)));
      const active = byName(await store.active());
      expect(sets.map(byName)).toContainEqual(active);
      expect((await store.versions('churned')).map(({ version }) => version).sort()).toEqual(['a', 'b', 'c', 'd']);
    });

    it('keeps a query of half a megabyte, and its versions in the order they were stored', async () => {
      const long = (version: string, storedAt: number) => {
        const trigger = triggerFor('churned', version, storedAt);
        const names = Array.from({ length: 20_000 }, (_, i) => `an event of some kind ${i}`);
        return { ...trigger, events: names };
      };
      expect(JSON.stringify(long('9', 1)).length).toBeGreaterThan(500_000);
      const triggers = [long('9', 1), long('10', 20), long('2', 300)];
      for (const trigger of triggers) await store.activate([trigger]);
      expect(await store.active()).toEqual([triggers[2]]);
      expect(await store.versions('churned')).toEqual(triggers);
    });

    it('tells what is due over many pages', async () => {
      const looks = Array.from({ length: 400 }, (_, i) => look(`c${i}`, ((i * 7919) % 401) + 1));
      await store.setDue(looks);
      await store.setDue(looks);
      const times = async (by: number, limit: number) => (await store.due(by, limit)).map(({ dueAt }) => dueAt);
      const all = looks.map(({ dueAt }) => dueAt!).sort((a, b) => a - b);
      expect(await times(1_000, 10_000)).toEqual(all);
      for (const limit of [1, 8, 31, 123]) expect(await times(1_000, limit)).toEqual(all.slice(0, limit));
      expect(await times(200, 10_000)).toEqual(all.filter((time) => time <= 200));
      expect(await times(0, 10)).toEqual([]);
      expect(await times(1_000, 0)).toEqual([]);
      expect(await store.awaited()).toEqual({ churned: 400 });
    });

    it('counts what is awaited exactly, whoever sets it', async () => {
      const stores = [store, await reopen()];
      const names = ['churned', 'saved', 'won back'];
      const dueAt = (i: number, round: number) => ((i + round) % 3 === 0 ? undefined : 10 + round);
      const round = (number: number) =>
        Array.from({ length: 90 }, (_, i) => ({
          customerId: `c${i % 45}`,
          milestone: names[i % 3]!,
          dueAt: dueAt(i, number),
        }));
      await Promise.all([0, 1, 2, 3].map((number) => stores[number % 2]!.setDue(round(number))));
      const due = await store.due(1_000, 1_000);
      const counted = names.map((name) => [name, due.filter(({ milestone }) => milestone === name).length]);
      expect(await store.awaited()).toMatchObject(Object.fromEntries(counted));
      const none = due.map((each) => ({ ...each, dueAt: undefined }));
      await Promise.all(stores.map((each) => each.setDue(none)));
      expect(await store.due(1_000, 10)).toEqual([]);
      expect(Object.values(await store.awaited()).every((count) => count === 0)).toBe(true);
    });

    it('takes the last of several times for the same look', async () => {
      await store.setDue([look('c', 10), look('c', 30), look('d', 10), look('d', undefined)]);
      expect(await store.due(100, 10)).toEqual([{ customerId: 'c', milestone: 'churned', dueAt: 30 }]);
      expect(await store.awaited()).toEqual({ churned: 1 });
    });

    it('mixes no names up, whatever they are', async () => {
      const names = [
        'a',
        'a#b',
        'b#a',
        '#',
        'a b',
        "o'hara",
        '"quoted"',
        '__proto__',
        'constructor',
        'é\u{1f600}',
        ':v',
        '$x',
        'a\nb',
      ];
      const looks = names.flatMap((customerId) =>
        names.map((milestone) => ({ customerId, milestone, dueAt: 1 + names.indexOf(milestone) })),
      );
      await store.setDue(looks);
      expect(byLook(await store.due(100, 1_000))).toEqual(byLook(looks));
      expect(new Map(Object.entries(await store.awaited()))).toEqual(
        new Map(names.map((name) => [name, names.length])),
      );
      await store.noteFires(
        0,
        new Map(names.map((name, i) => [name, { looks: i, reached: 0, retracted: 0, lagMs: 0 }])),
      );
      for (const [i, name] of names.entries()) expect((await store.fires(name)).get(0)).toMatchObject({ looks: i });
      const told = names.map((name, i) => ({
        webhook: `to ${name}`,
        milestoneId: name,
        state: 'reached' as const,
        times: i,
      }));
      await store.setTold(told);
      expect(await store.told(names)).toEqual(
        new Map(names.map((name, i) => [name, Object.fromEntries([[`to ${name}`, { state: 'reached', times: i }]])])),
      );
    });

    it('keeps what was told of many, and counts fires of many, whoever does', async () => {
      const stores = [store, await reopen()];
      const ids = Array.from({ length: 130 }, (_, i) => `milestone:churned/c${i}/1`);
      const notifications = ids.map((milestoneId, i) => ({
        webhook: 'crm',
        milestoneId,
        state: 'reached' as const,
        times: i,
      }));
      await store.setTold(notifications);
      const told = await stores[1]!.told([...ids, ids[0]!, 'never']);
      expect([...told.keys()].sort()).toEqual([...ids].sort());
      expect(told.get(ids[129]!)).toEqual({ crm: { state: 'reached', times: 129 } });
      expect(await store.told([])).toEqual(new Map());
      const counted = (lagMs: number) => new Map(ids.map((id) => [id, { looks: 1, reached: 1, retracted: 1, lagMs }]));
      await Promise.all([5, 9, 3, 7].map((lag, i) => stores[i % 2]!.noteFires(0, counted(lag))));
      for (const id of [ids[0]!, ids[129]!])
        expect(await store.fires(id)).toEqual(new Map([[0, { looks: 4, reached: 4, retracted: 4, lagMs: 9 }]]));
    });
  });
}

function look(customerId: string, dueAt: number | undefined) {
  return { customerId, milestone: 'churned', dueAt };
}

export function triggerFor(name: string, version: string, storedAt = 0): MilestoneTrigger {
  const spec = milestoneSpec.parse({
    name: 'churned',
    title: 'T',
    description: 'D',
    steps: [{ name: 'left', events: ['churn'], attributes: { amount: { gte: 1.5 } } }],
  });
  return { ...triggerOf({ spec, version }, storedAt), milestone: name };
}

function byLook(looks: readonly DueLook[]): string[] {
  return looks.map((each) => JSON.stringify([each.customerId, each.milestone, each.dueAt])).sort();
}

function byName(triggers: readonly MilestoneTrigger[]): MilestoneTrigger[] {
  return [...triggers].sort((a, b) => (a.milestone < b.milestone ? -1 : 1));
}
