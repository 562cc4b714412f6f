import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createMilestoneQuestionActivities } from '../../activities/milestone-questions';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { Graph } from '../../ports/graph';
import { milestoneSpec } from '../../schemas/milestone';
import { milestoneList, type MilestoneList } from '../../schemas/milestone-report';
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
