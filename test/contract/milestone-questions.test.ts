import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createMilestoneQuestionActivities } from '../../activities/milestone-questions';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { Graph } from '../../ports/graph';
import { milestoneSpec } from '../../schemas/milestone';
import { milestoneList, type CustomerMilestones, type MilestoneList } from '../../schemas/milestone-report';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { HubOfCustomers, allFrom } from '../support/hub-of-customers';
import { openTestRoom } from '../support/local-room';

it('lists milestones whatever their names', async () => {
  const room = await openTestRoom();
  const triggers = await openTriggerStore(join(room.folder, 'triggers.mdb'));
  const specs = ['constructor', 'awaited'].map((name) =>
    milestoneSpec.parse({ name, title: 'T', description: 'D', steps: [{ name: 'a', events: ['a'] }] }),
  );
  await triggers.setDue([{ customerId: 'c', milestone: 'awaited', dueAt: 1 }]);
  const { listMilestones } = createMilestoneQuestionActivities({
    lake: room.lake,
    graph: {} as Graph,
    triggers,
    milestones: { milestones: specs.map((spec) => ({ spec, version: '1' })), broken: [], problems: [] },
  });
  const list = (await new MockActivityEnvironment().run(listMilestones, { question: {} })) as MilestoneList;
  expect(milestoneList.parse(list).milestones.map(({ milestone, awaited }) => [milestone, awaited])).toEqual([
    ['constructor', 0],
    ['awaited', 1],
  ]);
  await triggers.close();
  await room.close();
});

describe('what a customer reached', () => {
  let gremlin: TestGremlin;
  let hub: HubOfCustomers;
  beforeAll(async () => {
    gremlin = await startTestGremlin();
    hub = await HubOfCustomers.open(gremlin);
  }, ENGINE_START_MS);
  afterAll(async () => {
    await hub?.close();
    await gremlin?.stop();
  });

  it('is told page by page, the newest first, with how much there is', async () => {
    const steps = [{ name: 'call', events: ['call'] }];
    const specs = ['called', 'again'].map((name) => milestoneSpec.parse({ name, title: 'T', description: 'D', steps }));
    const calls = [0, 1, 2].map((day) => ({
      id: `e${day}`,
      type: 'call',
      channel: 'web',
      at: Date.UTC(2026, 0, 1 + day),
      attributes: {},
      profile: 0,
    }));
    await hub.land('b', [
      { segments: ['gold'], events: calls },
      { segments: ['gold'], events: [] },
    ]);
    await hub.recompute(allFrom('lake', ...specs));
    const { customerMilestones } = createMilestoneQuestionActivities({
      lake: hub.room.lake,
      graph: hub.graph,
      triggers: hub.triggers,
      milestones: { milestones: [], broken: [], problems: [] },
    });
    const ask = (question: object) =>
      new MockActivityEnvironment().run(customerMilestones, { question } as never) as Promise<CustomerMilestones>;
    const days = ({ milestones }: CustomerMilestones) =>
      milestones.map(({ milestone, reachedAt }) => `${milestone} ${reachedAt.slice(8, 10)}`);
    const all = await ask({ customer: 'c0' });
    expect(days(all)).toEqual(['again 03', 'called 03', 'again 02', 'called 02', 'again 01', 'called 01']);
    expect(all).toMatchObject({
      total: 6,
      milestones: [{ evidence: [{ event: 's/c0e2', step: 'call' }] }, {}, {}, {}, {}, {}],
    });
    expect(all.next).toBeUndefined();
    const pages = [await ask({ customer: 'c0', limit: 4 }), await ask({ customer: 'c0', limit: 4, cursor: 4 })];
    expect(pages.map(({ next, total }) => [next, total])).toEqual([
      [4, 6],
      [undefined, 6],
    ]);
    expect(pages.flatMap(days)).toEqual(days(all));
    expect(await ask({ customer: 'c1' })).toEqual({ customer: 'c1', total: 0, milestones: [] });
    await expect(ask({ customer: 'nobody' })).rejects.toThrow('there is no customer "nobody"');
  });
});
