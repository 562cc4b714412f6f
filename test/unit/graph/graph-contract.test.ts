import type { GraphChange, GraphElement, PropertyValue, VertexLabel } from '../../../core/graph/elements';
import { graphContract, type PropertyType } from '../../../core/graph/graph-contract';
import { journeyElements } from '../../../core/graph/journey-graph';
import { noRowsOf } from '../../../core/lake/tables';
import { milestoneElements } from '../../../core/milestones/milestone-elements';
import { literal } from '../../../core/sql/quote';
import { identitySchema } from '../../../schemas/identity';
import { milestoneSpec } from '../../../schemas/milestone';
import { IdentityRoom } from '../identity/identity-room';

let room: IdentityRoom;
beforeAll(async () => {
  room = await IdentityRoom.open();
});
afterAll(() => room.close());

const ANN = {
  given_name: 'Ann',
  family_name: 'Lee',
  birth_date: '1990-01-02',
  email: 'ann@x.org',
  phone: '0171 5',
  street: 'Way 1',
  postcode: '10115',
  city: 'Berlin',
  account_id: 'A-1',
};

async function landEvents(): Promise<void> {
  const landed = `SELECT 'events' AS batch, 'e1' AS event_id, 'crm' AS source, 'call' AS type, 'phone' AS channel,
TIMESTAMP '2026-01-05' AS occurred_at, 'a' AS profile_id, ${literal('{"amount":"5","note":"x"}')} AS attributes, 'f' AS file, 1 AS file_row`;
  const select = `${noRowsOf('events', room.lake.dialect)} UNION ALL BY NAME ${landed}`;
  await room.lake.commit({ key: 'events', writes: [{ table: 'events', mode: 'append', select }] });
}

/** All that the night writes of the lake. */
async function nightly(): Promise<GraphChange[]> {
  const batchesOf = async (table: string) =>
    (await room.lake.rows<{ batch: string }>(`SELECT DISTINCT batch FROM ${table}`)).map(({ batch }) => batch);
  const landed = [...(await batchesOf('profiles')), ...(await batchesOf('events'))];
  const changes: GraphChange[] = [];
  const pending = { landed, identity: await batchesOf('identity_changes') };
  for (const query of journeyElements(pending, room.lake.dialect))
    for await (const batch of room.lake.stream(query.sql)) changes.push(...query.changes(batch));
  return changes;
}

function reached(): GraphElement[] {
  const spec = milestoneSpec.parse({
    name: 'shock',
    title: 'T',
    description: 'D',
    steps: [
      { name: 'call', events: ['call'] },
      { name: 'again', events: ['milestone:quiet'] },
    ],
    properties: { amount: { step: 'call', attribute: 'amount' }, when: { step: 'call', take: 'time' } },
  });
  const milestone = { spec, version: '1' };
  const completion = [
    { step: 0, from: 1, at: 1 },
    { step: 1, from: 2, at: 2 },
  ];
  const call = { step: 0, id: 'crm/e1', type: 'call', channel: 'phone', at: 1, attributes: { amount: 5 } };
  const again = { step: 1, id: 'milestone:quiet/c/2', type: 'milestone:quiet', channel: 'hub', at: 2, attributes: {} };
  return milestoneElements(milestone, 'c', { reachedAt: 2, completion }, [call, again]);
}

/** What is wrong with an element, as words. */
function problemsOf({ kind, id, label, properties }: GraphElement): string[] {
  const contract =
    kind === 'vertex' ? graphContract.vertices[label as VertexLabel] : graphContract.edges[label as 'REACHED'];
  const told = Object.entries(properties).filter(([, value]) => value !== null);
  const wrong = told.flatMap(([name, value]) => {
    const expected = contract.properties[name]?.type;
    if (expected === undefined) return kind === 'vertex' ? [] : [`${id} has ${name}, which is not of ${label}`];
    return typeOf(value) === expected ? [] : [`${id} has ${name} as ${typeOf(value)}, not ${expected}`];
  });
  const missing = Object.entries(contract.properties)
    .filter(([name, { isRequired }]) => isRequired && (properties[name] ?? null) === null)
    .map(([name]) => `${id} has no ${name}`);
  return [...wrong, ...missing];
}

function typeOf(value: PropertyValue): PropertyType {
  if (typeof value === 'bigint') return 'Long';
  if (typeof value === 'number') return 'Double';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}

it('is what the hub writes: every label, its properties and their types, and what edges lead from and to', async () => {
  await room.see({ id: 'a', day: 1, ...ANN }, { id: 'b', day: 2, email: 'ann@x.org' });
  await room.resolve(identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] }));
  await landEvents();
  const elements = [...(await nightly()), ...reached()].filter(
    (change): change is GraphElement => change.kind === 'vertex' || change.kind === 'edge',
  );
  expect(elements.flatMap(problemsOf)).toEqual([]);
  const labels = new Set(elements.map(({ label }) => label));
  expect([...labels].sort()).toEqual(
    [...Object.keys(graphContract.vertices), ...Object.keys(graphContract.edges)].sort(),
  );
  // Every property of the contract is written by something, and every kind of end is taken.
  for (const [label, { properties }] of [
    ...Object.entries(graphContract.vertices),
    ...Object.entries(graphContract.edges),
  ]) {
    const written = elements
      .filter((element) => element.label === label)
      .flatMap((element) => Object.keys(element.properties));
    expect(new Set(written)).toEqual(new Set([...written, ...Object.keys(properties)]));
  }
  expect(endsOf(elements)).toEqual(
    Object.entries(graphContract.edges)
      .flatMap(([label, { from, to }]) => from.flatMap((one) => to.map((other) => `${one} ${label} ${other}`)))
      .sort(),
  );
});

function endsOf(elements: readonly GraphElement[]): string[] {
  const labels = new Map(elements.flatMap((each) => (each.kind === 'vertex' ? [[each.id, each.label] as const] : [])));
  const labelOf = (id: string) => labels.get(id) ?? (id === 'c' ? 'Customer' : 'Milestone');
  const ends = elements.flatMap((each) =>
    each.kind === 'edge' ? [`${labelOf(each.from)} ${each.label} ${labelOf(each.to)}`] : [],
  );
  return [...new Set(ends)].sort();
}
