import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createPropensityGraphActivities } from '../../activities/propensity-graph';
import type { ScoringPlan } from '../../activities/propensity-scoring';
import { openLocalGraph } from '../../adapters/local/graph/local-graph';
import { scoringRunSql } from '../../core/propensity/scores-sql';
import type { Graph } from '../../ports/graph';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { churnSpec } from './histories-contract';

let gremlin: TestGremlin;
let room: TestRoom;
let folder: string;
let graph: Graph;

beforeAll(async () => {
  [gremlin, room] = await Promise.all([startTestGremlin(), openTestRoom()]);
  folder = await mkdtemp(join(tmpdir(), 'hub-tell-scores-'));
  graph = await openLocalGraph({ dir: folder, url: gremlin.url, sharedFileSystem: true });
}, ENGINE_START_MS);
afterAll(async () => {
  await graph?.close();
  await gremlin?.stop();
  await room?.close();
  await rm(folder, { recursive: true, force: true });
});

const DAY = 86_400_000;
const planOf = (day: number, version = 'v1'): ScoringPlan => ({
  ...{ run: `churn:${version}:${day * DAY}`, model: 'churn', version, cutOff: day * DAY },
  ...{ spec: churnSpec, lakeVersion: 1, parts: 1 },
});

async function score(day: number, scores: Readonly<Record<string, number>>, version = 'v1'): Promise<ScoringPlan> {
  const { lake } = room;
  const plan = planOf(day, version);
  const rows = Object.entries(scores).map(([customer, value]) => `('${customer}', ${value})`);
  const select = `SELECT '${plan.run}' AS run, 'churn' AS model, '${version}' AS version, 'f' AS features, customer_id,
  TIMESTAMP '2026-01-01 00:00:00' AS cut_off, CAST(score AS DOUBLE) AS score, NULL AS class
FROM (VALUES ${rows.join(', ')}) AS told (customer_id, score)`;
  await lake.commit({ key: plan.run, writes: [{ table: 'propensity_scores', mode: 'append', select }] });
  const run = scoringRunSql(plan, lake.dialect);
  await lake.commit({ key: `${plan.run}!`, writes: [{ table: 'propensity_runs', mode: 'append', select: run }] });
  return plan;
}

function tell(plan: ScoringPlan): Promise<{ customers: number }> {
  const { tellScores } = createPropensityGraphActivities({ lake: room.lake, graph });
  return new MockActivityEnvironment().run(tellScores, plan);
}

async function inGraph(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const element of graph.elements()) found[element.id] = element.properties;
  return found;
}

it('the graph has of every customer what a model said last, and is told only of those of whom it says something else', async () => {
  const people = `SELECT customer_id, NULL AS given_name, NULL AS family_name, NULL AS birth_date, NULL AS email, NULL AS phone,
  NULL AS city, 1 AS profiles, 's' AS sources, NULL AS first_seen FROM (VALUES ('ann'), ('bert'), ('cleo')) AS told (customer_id)`;
  await room.lake.commit({ key: 'people', writes: [{ table: 'customers', mode: 'replace', select: people }] });
  const first = await score(1, { ann: 0.1234, bert: 0.5, cleo: 0.25, 'merged into ann': 0.9 });
  expect(await tell(first)).toEqual({ customers: 3 });
  expect(await tell(first)).toEqual({ customers: 0 });
  const told = (value: number) => ({ propensity_churn: value });
  expect(await inGraph()).toEqual({ ann: told(0.123), bert: told(0.5), cleo: told(0.25) });

  // Of Ann hardly anything changed, and of Cleo the model does not speak any more.
  expect(await tell(await score(2, { ann: 0.1231, bert: 0.75 }))).toEqual({ customers: 2 });
  expect(await inGraph()).toEqual({ ann: told(0.123), bert: told(0.75), cleo: {} });
});

it('the graph has what the version says that is asked again, also of a moment that another was asked of meanwhile', async () => {
  const first = await score(3, { ann: 0.1, bert: 0.2 }, 'v1');
  const other = await score(3, { ann: 0.1, bert: 0.6 }, 'v2');
  await tell(first);
  expect(await tell(other)).toEqual({ customers: 1 });
  expect(await tell(first)).toEqual({ customers: 1 });
  expect(await inGraph()).toMatchObject({ bert: { propensity_churn: 0.2 } });

  // Whichever of the two the graph has, it is told of whom either says something else.
  await tell(other);
  expect(await tell(await score(4, { ann: 0.1, bert: 0.2 }, 'v1'))).toEqual({ customers: 1 });
  expect(await inGraph()).toMatchObject({ bert: { propensity_churn: 0.2 } });
});
