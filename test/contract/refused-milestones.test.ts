import { join } from 'node:path';
import { MilestoneReaction } from '../../activities/react-milestones';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import { HubError } from '../../core/errors';
import { REACHED } from '../../core/milestones/gremlin/reaction-gremlin';
import type { Looks } from '../../core/milestones/look';
import { triggerOf } from '../../core/milestones/trigger';
import type { Graph } from '../../ports/graph';
import { milestoneSpec } from '../../schemas/milestone';
import { openTestRoom } from '../support/local-room';

it('what the graph refuses is looked at again some time later, and not at once without end', async () => {
  const room = await openTestRoom();
  const store = await openTriggerStore(join(room.folder, 'triggers.mdb'));
  const steps = [{ name: 'left', events: ['churn'] }];
  const spec = milestoneSpec.parse({ name: 'churned', title: 'T', description: 'D', steps });
  const wrong = { customer: 'c', name: 'churned', id: 'milestone:churned/c/1', content: '', evidence: 0 };
  const graph = {
    query: async (traversal: unknown) => (traversal === REACHED ? [new Map(Object.entries(wrong))] : []),
    load: async () => Promise.reject(new HubError('GRAPH_LOAD_FAILED', 'no')),
  } as unknown as Graph;
  await store.activate([triggerOf({ spec, version: '1' }, 0)]);
  await store.setDue([{ customerId: 'c', milestone: 'churned', dueAt: 5 }]);
  const reaction = new MilestoneReaction(graph, store);
  await reaction.refresh();
  const looks: Looks = new Map();
  await reaction.gatherDue(10, 10, looks);
  expect(await reaction.react(looks, 10)).toMatchObject({ looks: 0, failed: 1, lastError: 'c: no' });
  expect(await store.due(10, 10)).toEqual([]);
  expect(await store.due(10 + 600_000, 10)).toHaveLength(1);
  await store.close();
  await room.close();
});
