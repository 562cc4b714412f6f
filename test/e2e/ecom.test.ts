import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { DuckDb } from '../../adapters/local/duckdb';
import { openLocalGraph } from '../../adapters/local/graph/local-graph';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { literal } from '../../core/sql/quote';
import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import { connectClient } from '../../starters/cli/connection';
import { runNightly } from '../../starters/cli/run';
import { startHubProcesses, type HubProcesses } from '../../starters/start/hub-processes';
import { ENGINE_START_MS } from '../support/engines';
import { describeWith, sharedFile } from '../support/shared';

/** Journeys by an independent way: window functions over the raw file, equal times in the order of its rows. */
function rawJourneysSql(file: string, event: string, as: 'start' | 'end'): string {
  const keep = as === 'end' ? 'row <= anchor' : 'row >= anchor';
  return `WITH log AS (
  SELECT user_id, event, row_number() OVER (PARTITION BY user_id ORDER BY timestamp, line) AS row
  FROM (SELECT *, row_number() OVER () AS line FROM read_csv(${literal(file)}, header = true, parallel = false))
), anchored AS (
  SELECT *, min(CASE WHEN event = ${literal(event)} THEN row END) OVER (PARTITION BY user_id) AS anchor FROM log
), near AS (
  SELECT user_id, string_agg(event, '>' ORDER BY row) AS steps
  FROM anchored WHERE ${keep} AND abs(row - anchor) < 6 GROUP BY user_id
)
SELECT steps, count(*)::INTEGER AS count FROM near GROUP BY steps ORDER BY count DESC, string_split(steps, '>') LIMIT 20`;
}

describeWith(sharedFile('data/ecom.csv.gz'), 'the nightly on a real shop log', (shopLog) => {
  let folder: string;
  let hub: Hub;
  let processes: HubProcesses;
  let client: Client;
  let raw: DuckDb;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journey-hub-ecom-'));
    await cp(resolve('examples/ecom'), join(folder, 'hub'), {
      recursive: true,
      filter: (path) => !path.includes('.hub'),
    });
    hub = await loadHub(join(folder, 'hub'));
    await mkdir(hub.landingFolder, { recursive: true });
    await cp(shopLog, join(hub.landingFolder, 'ecom.csv.gz'));
    raw = await DuckDb.start({ memoryMb: 500, threads: 1, tempFolder: join(folder, 'tmp') });
    processes = await startHubProcesses(hub, new AbortController().signal, () => undefined);
    client = await connectClient(processes.addresses.temporal);
    await runNightly(client, { date: '2026-01-31' });
  }, ENGINE_START_MS);

  afterAll(async () => {
    await client?.connection.close();
    await processes?.stop();
    raw?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${processes.addresses.apiUrl}/v1/reports/journey-frequency`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30', ...headers },
      body: JSON.stringify(body),
    });

  it.each([
    ['ending in', 'purchase', 'end'],
    ['starting at', 'home', 'start'],
  ] as const)(
    'finds the top 20 journeys %s %s that an independent SQL finds in the raw file',
    async (_how, event, as) => {
      const response = await ask({ event, as, steps: 6, top: 20 });
      expect(response.status).toBe(200);
      const answer = (await response.json()) as JourneyFrequencyAnswer;
      const expected = await raw.session(undefined, (session) =>
        session.rows<{ steps: string; count: number }>(rawJourneysSql(shopLog, event, as)),
      );
      expect(expected).toHaveLength(20);
      expect(answer.journeys.map(({ steps, count }) => ({ steps: steps.join('>'), count }))).toEqual(expected);
    },
  );

  it('gives the same answer to the same question from the same report', async () => {
    const question = { event: 'purchase', as: 'end', steps: 4, top: 3 };
    const [first, second] = [await ask(question), await ask(question)];
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await second.json()).toEqual(await first.json());
  });

  it('answers 202 with a place to poll when the caller does not want to wait', async () => {
    const running = await ask({ event: 'purchase', steps: 2, top: 7 }, { prefer: 'wait=0' });
    const location = running.headers.get('location')!;
    expect([200, 202]).toContain(running.status);
    const polled = await fetch(`${processes.addresses.apiUrl}${location}`, { headers: { prefer: 'wait=30' } });
    expect(polled.status).toBe(200);
    expect(((await polled.json()) as JourneyFrequencyAnswer).journeys).toHaveLength(7);
  });

  it('names the field and the likely event when there is no such event', async () => {
    const response = await ask({ event: 'purchas' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      detail: 'event: no customer ever had "purchas" (did you mean "purchase"?)',
      errors: [{ field: 'event' }],
    });
  });

  it('holds every interaction, person and tie in the graph', async () => {
    const graph = await openLocalGraph({
      url: processes.addresses.gremlin!.url,
      dir: join(hub.dataFolder, 'graph'),
      sharedFileSystem: true,
    });
    expect(await graph.counts()).toEqual({
      vertices: { Event: 31_106, Profile: 600, Customer: 600 },
      edges: { PERFORMED: 31_106, IDENTIFIED_AS: 600 },
    });
    await graph.close();
  });

  it('does nothing twice: the same night again lands nothing, and changes no journey', async () => {
    const before = await ask({ event: 'purchase' });
    const again = await runNightly(client, { date: '2026-01-31' });
    const after = await ask({ event: 'purchase' });
    expect(again).toMatchObject({ customers: 600, journeys: 600, graphChanges: 0 });
    expect(after.headers.get('location')).toBe(before.headers.get('location'));
  });
});
