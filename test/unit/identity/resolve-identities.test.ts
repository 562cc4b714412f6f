import type { GraphChange } from '../../../core/graph/elements';
import { journeyElements } from '../../../core/graph/journey-graph';
import { literal } from '../../../core/sql/quote';
import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom, type SeenProfile } from './identity-room';

const settings = identitySchema.parse({
  rules: [
    { name: 'email', match: ['email'], maxProfiles: 3 },
    { name: 'phone-and-name', match: ['phone', 'family_name', 'given_name'], confidence: 0.9 },
  ],
});

let room: IdentityRoom;
beforeEach(async () => {
  room = await IdentityRoom.open();
});
afterEach(() => room.close());

const see = (...profiles: SeenProfile[]) => room.see(...profiles);
const resolve = () => room.resolve(settings);
const people = () => room.people();
const customerOf = (profile: string) => room.customerOf(profile);

const lee = { given_name: 'Ann', family_name: 'Lee' };

describe('deterministic rules', () => {
  it('tie profiles that share a value after normalisation, also over others', async () => {
    await see(
      { id: 'a', day: 1, email: 'ann@x.org' },
      { id: 'b', day: 2, email: ' ANN@x.org', phone: '0171 5', ...lee },
      { id: 'c', day: 3, phone: '+49171 5', given_name: 'ann', family_name: 'LEE' },
      { id: 'd', day: 4, email: 'other@x.org' },
    );
    expect(await resolve()).toMatchObject({ profiles: 4, customers: 2, changes: 4, links: { deterministic: 2 } });
    expect(await people()).toEqual(['a b c', 'd']);
    expect(
      await room.lake.rows('SELECT profile_id, method, rule, confidence FROM identities ORDER BY profile_id'),
    ).toEqual([
      { profile_id: 'a', method: 'deterministic', rule: 'email', confidence: 1 },
      { profile_id: 'b', method: 'deterministic', rule: 'email', confidence: 1 },
      { profile_id: 'c', method: 'deterministic', rule: 'phone-and-name', confidence: 0.9 },
      { profile_id: 'd', method: 'alone', rule: 'alone', confidence: 1 },
    ]);
  });

  it('do not glue a household together that shares a phone', async () => {
    const phone = '0171 5';
    await see({ id: 'a', day: 1, phone, ...lee }, { id: 'b', day: 1, phone, given_name: 'Bob', family_name: 'Lee' });
    await resolve();
    expect(await people()).toEqual(['a', 'b']);
  });

  it('take no value for an identity that more profiles hold than one person has', async () => {
    const holders = (email: string, ...ids: string[]) => ids.map((id) => ({ id, day: 1, email }));
    await see(...holders('ann@x.org', 'a', 'b', 'c'), ...holders('shop@x.org', 'd', 'e', 'f', 'g'));
    await resolve();
    expect(await people()).toEqual(['a b c', 'd', 'e', 'f', 'g']);
  });
});

describe('a second run', () => {
  it('over the same profiles changes nothing', async () => {
    await see({ id: 'a', day: 1, email: 'x@x.org' }, { id: 'b', day: 2, email: 'x@x.org' });
    const first = await resolve();
    const version = await room.lake.version();
    expect(await resolve()).toEqual(first);
    expect(await room.lake.version()).toBe(version);
  });

  it('with settings that were in force before does as they say, and not what the last ones said', async () => {
    await see({ id: 'a', day: 1, email: 'x@x.org' }, { id: 'b', day: 2, email: 'x@x.org' });
    const others = identitySchema.parse({ rules: [{ name: 'phone', match: ['phone'] }] });
    await resolve();
    await room.resolve(others);
    expect(await people()).toEqual(['a', 'b']);
    await resolve();
    expect(await people()).toEqual(['a b']);
  });

  it('gives a new profile to the customer it belongs to, whose id stays', async () => {
    await see({ id: 'b', day: 2, email: 'x@x.org' });
    await resolve();
    const id = await customerOf('b');
    await see({ id: 'a', day: 1, email: 'x@x.org' });
    expect(await resolve()).toMatchObject({ profiles: 2, customers: 1, changes: 1 });
    expect(await customerOf('a')).toBe(id);
  });

  it('that merges two customers says so, and the graph moves the edges before the customer goes', async () => {
    await see(
      { id: 'a', day: 1, phone: '0171 5', ...lee },
      { id: 'b', day: 2, phone: '0171 5', ...lee },
      { id: 'c', day: 3, email: 'ann@x.org' },
    );
    await resolve();
    const [kept, gone] = [await customerOf('a'), await customerOf('c')];
    await see({ id: 'd', day: 4, email: 'ann@x.org', phone: '0171 5', ...lee });
    await resolve();
    expect(await people()).toEqual(['a b c d']);
    const [last] = await room.lake.rows<{ batch: string }>('SELECT max(batch) AS batch FROM identity_changes');
    const batch = last!.batch;
    expect(
      await room.lake.rows(
        `SELECT profile_id, from_customer, to_customer, kind, reason FROM identity_changes WHERE batch = ${literal(batch)} ORDER BY 1`,
      ),
    ).toEqual([
      { profile_id: 'c', from_customer: gone, to_customer: kept, kind: 'merged', reason: 'deterministic: email' },
      { profile_id: 'd', from_customer: null, to_customer: kept, kind: 'new', reason: 'deterministic: email' },
    ]);
    const edge = (profile: string) => ({ kind: 'edge', id: `identified:${profile}`, from: profile, to: kept });
    expect(await graphChanges(batch)).toMatchObject([
      { kind: 'vertex', id: kept, label: 'Customer' },
      { kind: 'remove-edge', id: 'identified:c' },
      edge('c'),
      edge('d'),
      { kind: 'remove-vertex', id: gone },
    ]);
  });
});

describe('the graph', () => {
  it('loses also the customers that a profile left on its way, when it moved more than once', async () => {
    const name = (family_name: string) => ({ phone: '0171 5', given_name: 'Ann', family_name });
    await see({ id: 'a', day: 1, email: 'a@x.org', ...lee }, { id: 'b', day: 2, email: 'b@x.org', ...name('Lee') });
    await resolve();
    const left = await customerOf('b');
    await see({ id: 'a', day: 3, ...name('Lee') });
    await resolve();
    const batches = await room.lake.rows<{ batch: string }>('SELECT DISTINCT batch FROM identity_changes ORDER BY 1');
    const changes = await graphChanges(...batches.map(({ batch }) => batch));
    expect(changes).toContainEqual({ kind: 'remove-vertex', id: left });
  });
});

async function graphChanges(...identity: string[]): Promise<GraphChange[]> {
  const changes: GraphChange[] = [];
  for (const query of journeyElements({ landed: [], identity }, room.lake.dialect)) {
    for await (const batch of room.lake.stream(query.sql)) changes.push(...query.changes(batch));
  }
  return changes;
}
