import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { writeSampleWorld } from '../../adapters/local/sample/write-sample-world';
import { HUB_QUEUE } from '../../core/task-queues';
import type { LakeTable } from '../../core/lake/tables';
import { journeyFrequencyQuestion, journeyListQuestion } from '../../schemas/frequency';
import { journeyReportQuestion } from '../../schemas/report';
import { similarJourneysQuestion } from '../../schemas/similarity';
import { openLocalRoom } from '../../workers/local-room';
import type { Room } from '../../workers/room';
import { startTestGremlin } from './engines';
import { graphContents, lakeContents } from './lake-contents';
import { createHubWorkers } from '../../workers/worker';
import { startTestTemporal } from './temporal';

/** The nights that every room goes through: the second brings changes of what the first knows. */
export const NIGHTS = ['2026-01-20', '2026-02-28'];

/** The exports of a small world, for hubs of any room. */
export async function writeRoomsWorld(folder: string, customers = 250): Promise<string> {
  const outFolder = join(folder, 'landing');
  await writeSampleWorld({
    customers,
    days: 60,
    seed: 11,
    start: '2026-01-01',
    outFolder,
    truthFolder: join(folder, 'truth'),
  });
  return outFolder;
}

/** A hub of the telco example in a folder of its own. */
export async function roomHub(folder: string, landing: string, settings: object): Promise<Hub> {
  await mkdir(folder, { recursive: true });
  await cp(resolve('config'), folder, { recursive: true });
  const hub = { name: 'Rooms', timezone: 'Europe/Berlin', data: 'data', landing, ...settings };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify(hub));
  return loadHub(folder);
}

/** The nights in the local room: what every other is compared with. */
export async function localNights(
  folder: string,
  landing: string,
  bundle: WorkflowBundleWithSourceMap,
): Promise<RoomContents> {
  const gremlin = await startTestGremlin();
  try {
    const hub = await roomHub(join(folder, 'local'), landing, {});
    return await nightsOf(hub, () => openLocalRoom(hub, { url: gremlin.url, sharesFiles: true }), bundle);
  } finally {
    await gremlin.stop();
  }
}

/** What nights leave behind, and what is answered from it. */
export interface RoomContents {
  readonly lake: Record<LakeTable, string[]>;
  readonly graph: readonly string[];
  readonly answers: readonly unknown[];
}

/** Opens a room, runs the nights in it, and tells what they left. */
export async function nightsOf(
  hub: Hub,
  open: () => Promise<Room>,
  bundle: WorkflowBundleWithSourceMap,
): Promise<RoomContents> {
  const room = await open();
  try {
    await runNights(hub, room, bundle);
    return {
      lake: await lakeContents(room.lake),
      graph: await graphContents(room.graph),
      answers: await answersOf(room),
    };
  } finally {
    await room.close();
  }
}

/** A question of each kind, without how long the answers took. */
async function answersOf({ desk, lake }: Room): Promise<unknown[]> {
  const [customer] = await lake.rows<{ customer_id: string }>(
    'SELECT customer_id FROM milestones ORDER BY reached_at, customer_id LIMIT 1',
  );
  const cut = { event: 'bill_shock', as: 'start', steps: 4 } as const;
  const answers = [
    await desk.ask(
      'frequency',
      journeyFrequencyQuestion.parse({ ...cut, top: 20, segment: { attributes: { city: ['Berlin'] } } }),
    ),
    await desk.ask('list', journeyListQuestion.parse({ ...cut, limit: 30 })),
    await desk.ask(
      'similar',
      similarJourneysQuestion.parse({ customer: customer!.customer_id, minSimilarity: 0.5, limit: 1_000 }),
    ),
    await desk.ask('report', journeyReportQuestion.parse({ customer: customer!.customer_id })),
    await desk.ask(
      'similar',
      similarJourneysQuestion.parse({
        journey: ['bill_shock', 'call_center'],
        at: 'anywhere',
        minSimilarity: 0.6,
        limit: 1_000,
      }),
    ),
  ];
  return answers.map((answer) => ({ ...inOrder(answer), timings: undefined }));
}

/** Of customers who are equally similar, any may be first. */
function inOrder(answer: object): object {
  if (!('matches' in answer)) return answer;
  const matches = answer.matches as readonly { readonly customer: string }[];
  return { ...answer, matches: [...matches].sort((a, b) => (a.customer < b.customer ? -1 : 1)) };
}

/** Runs the nights in a room, as its worker would. */
async function runNights(hub: Hub, room: Room, workflowBundle: WorkflowBundleWithSourceMap): Promise<void> {
  const temporal = await startTestTemporal();
  const address = { address: temporal.address, namespace: temporal.namespace ?? 'default' };
  const workers = await createHubWorkers({ hub, room, temporal: address, workflowBundle });
  const running = workers.run();
  try {
    for (const date of NIGHTS) {
      await temporal.client.workflow.execute('nightly', {
        workflowId: `nightly-${date}`,
        taskQueue: HUB_QUEUE,
        args: [{ date }],
      });
    }
  } finally {
    workers.stop();
    await running;
    await temporal.teardown();
  }
}
