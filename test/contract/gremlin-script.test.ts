import { driver } from 'gremlin';
import { graphViews, type GraphView } from '../../core/graph/athena-views';
import { gremlinScript } from '../../core/graph/gremlin-script';
import { sub, type Traversal } from '../../core/graph/traversal';
import { milestoneSpec } from '../../schemas/milestone';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { HubOfCustomers, allFrom } from '../support/hub-of-customers';
import { BEGINNING } from '../unit/milestones/arbitrary';

let gremlin: TestGremlin;
let client: driver.Client;
beforeAll(async () => {
  gremlin = await startTestGremlin();
  client = new driver.Client(gremlin.url, { traversalSource: 'g' });
  await client.open();
}, ENGINE_START_MS);
afterAll(async () => {
  await client.close();
  await gremlin.stop();
});

/** Sends a script as the connector does. */
async function answerTo(script: string): Promise<unknown[]> {
  const answer = (await client.submit(script)) as { toArray(): unknown[] };
  return answer.toArray();
}

const viewOf = (name: string): GraphView => graphViews.find((view) => view.name === name)!;
async function rowsOf({ traversal }: GraphView): Promise<Record<string, unknown>[]> {
  const rows = (await answerTo(gremlinScript(traversal))) as Map<string, unknown>[];
  return rows.map((row) => Object.fromEntries(row));
}

it.each([
  'plain',
  "it's",
  'a "b"',
  '$x ${1 + 1} \\$',
  'a\\',
  '\\"',
  "\\'",
  '\n\r\t\b\f\0\u2028',
  'é 🙂',
  "') ; g.V().drop(",
])('keeps the text %j what it is', async (text) => {
  const traversal: Traversal = [['V'], ['count'], ['project', text], ['by', sub(['constant', text])]];
  expect(await answerTo(gremlinScript(traversal))).toEqual([new Map([[text, text]])]);
});

it('keeps parameters and numbers what they are', async () => {
  const value = "x'); g.V().drop()";
  const within = { predicate: 'within', values: [BEGINNING, { double: 0.5 }, 7], list: true } as const;
  const numbers: Traversal = [['V'], ['count'], ['constant', BEGINNING], ['is', within]];
  expect(await answerTo(gremlinScript(numbers))).toEqual([BEGINNING]);
  const bound: Traversal = [['V'], ['count'], ['constant', { parameter: 'customer' }]];
  expect(await answerTo(gremlinScript(bound, { customer: value }))).toEqual([value]);
});

describe('the views of the connector', () => {
  let hub: HubOfCustomers;
  beforeEach(async () => {
    hub = await HubOfCustomers.open(gremlin);
  });
  afterEach(() => hub.close());

  it('have the journeys of customers, and the milestones that they reached, with their evidence', async () => {
    const event = (id: string, type: string, at: number, profile: number) => ({
      ...{ id, type, channel: 'web', at: BEGINNING + at, attributes: { amount: '5' }, profile },
    });
    await hub.land('1', [
      { segments: ['gold', undefined], events: [event('e0', 'call', 0, 0), event('e1', 'churn', 1_000, 1)] },
      { segments: ['gold'], events: [event('e2', "app 'é' 🙂", 0, 0)] },
      { segments: ['silver'], events: [] },
    ]);
    const spec = milestoneSpec.parse({
      name: 'lost',
      title: 'T',
      description: 'D',
      steps: [
        { name: 'asked', events: ['call'] },
        { name: 'left', events: ['churn'], within: '1h' },
      ],
    });
    await hub.recompute(allFrom('lake', spec));

    const journeys = await rowsOf(viewOf('customer_journeys'));
    const did = (customer: string, profile: string, id: string, type: string, at: number) => ({
      customer,
      profile,
      event: `s/${id}`,
      type,
      channel: 'web',
      ts: BEGINNING + at,
      source: 's',
    });
    expect(inOrder(journeys)).toEqual([
      did('c0', 'c0p0', 'c0e0', 'call', 0),
      did('c0', 'c0p1', 'c0e1', 'churn', 1_000),
      did('c1', 'c1p0', 'c1e2', "app 'é' 🙂", 0),
    ]);

    const evidence = await rowsOf(viewOf('milestone_evidence'));
    const by = (step: string, id: string, type: string, at: number) => ({
      customer: 'c0',
      milestone: `milestone:lost/c0/${BEGINNING + 1_000}`,
      name: 'lost',
      version: '1',
      reached_at: BEGINNING + 1_000,
      step,
      event: `s/${id}`,
      event_type: type,
      event_channel: 'web',
      event_ts: BEGINNING + at,
    });
    expect(inOrder(evidence)).toEqual([by('asked', 'c0e0', 'call', 0), by('left', 'c0e1', 'churn', 1_000)]);
  });
});

function inOrder(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return [...rows].sort((a, b) => (String(a['event']) < String(b['event']) ? -1 : 1));
}
