import type { Fires } from '../../core/milestones/fires';
import { triggerOf, type MilestoneTrigger } from '../../core/milestones/trigger';
import type { TriggerStore } from '../../ports/trigger-store';
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
      await count(71 * minute, 1);
      expect([...(await store.fires('churned')).keys()]).toEqual([11 * minute, 71 * minute]);
      expect(await store.fires('churn')).toEqual(new Map());
    });
  });
}

function look(customerId: string, dueAt: number | undefined) {
  return { customerId, milestone: 'churned', dueAt };
}

function triggerFor(name: string, version: string, storedAt = 0): MilestoneTrigger {
  const spec = milestoneSpec.parse({
    name: 'churned',
    title: 'T',
    description: 'D',
    steps: [{ name: 'left', events: ['churn'], attributes: { amount: { gte: 1.5 } } }],
  });
  return { ...triggerOf({ spec, version }, storedAt), milestone: name };
}

function byName(triggers: readonly MilestoneTrigger[]): MilestoneTrigger[] {
  return [...triggers].sort((a, b) => (a.milestone < b.milestone ? -1 : 1));
}
