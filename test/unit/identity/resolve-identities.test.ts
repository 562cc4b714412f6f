import { MockActivityEnvironment } from '@temporalio/testing';
import { createIdentityActivities, type ResolveIdentitiesResult } from '../../../activities/identity';
import { LakeResolver } from '../../../adapters/local/identity/lake-resolver';
import type { GraphChange } from '../../../core/graph/elements';
import { journeyElements } from '../../../core/graph/journey-graph';
import { lakeTables } from '../../../core/lake/tables';
import { literal } from '../../../core/sql/quote';
import { identitySchema } from '../../../schemas/identity';
import { openTestRoom, type TestRoom } from '../../support/local-room';

const settings = identitySchema.parse({
  rules: [
    { name: 'email', match: ['email'], maxProfiles: 3 },
    { name: 'phone-and-name', match: ['phone', 'family_name', 'given_name'], confidence: 0.9 },
  ],
});

/** `profile_id` names the profile; the day it was seen orders them by age. */
interface Profile {
  readonly id: string;
  readonly day: number;
  readonly email?: string;
  readonly phone?: string;
  readonly given_name?: string;
  readonly family_name?: string;
}

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

async function see(...profiles: Profile[]): Promise<void> {
  const rows = profiles.map(({ id, day, ...fields }) => {
    const given: Record<string, string> = {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, literal(value)])),
      batch: literal(`landing-${day}`),
      profile_id: literal(id),
      source: literal('crm'),
      seen_at: literal(`2026-01-0${day}`),
      file_row: '1',
    };
    return `SELECT ${Object.entries(lakeTables.profiles)
      .map(([name, type]) => `${given[name] ?? 'NULL'}::${type} AS ${name}`)
      .join(', ')}`;
  });
  const key = `see ${profiles.map(({ id, day }) => `${id} ${day}`).join()}`;
  await room.lake.commit({ key, writes: [{ table: 'profiles', mode: 'append', select: rows.join(' UNION ALL ') }] });
}

function resolve(): Promise<ResolveIdentitiesResult> {
  const resolver = new LakeResolver(room.lake, settings);
  const hub = { timezone: 'Europe/Berlin' };
  const { resolveIdentities } = createIdentityActivities({
    lake: room.lake,
    identity: settings,
    resolver,
    settings: hub,
  });
  const environment = new MockActivityEnvironment();
  return environment.run(resolveIdentities, { businessDate: '2026-02-01' }) as Promise<ResolveIdentitiesResult>;
}

/** Profiles by customer: who is one person. */
async function people(): Promise<string[]> {
  const rows = await room.lake.rows<{ profiles: string }>(
    `SELECT string_agg(profile_id, ' ' ORDER BY profile_id) AS profiles FROM identities GROUP BY customer_id ORDER BY 1`,
  );
  return rows.map(({ profiles }) => profiles);
}

async function customerOf(profile: string): Promise<string> {
  const sql = `SELECT customer_id FROM identities WHERE profile_id = ${literal(profile)}`;
  return (await room.lake.rows<{ customer_id: string }>(sql))[0]!.customer_id;
}

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

async function graphChanges(identityBatch: string): Promise<GraphChange[]> {
  const changes: GraphChange[] = [];
  for (const query of journeyElements({ landed: [], identity: [identityBatch] })) {
    for await (const batch of room.lake.stream(query.sql)) changes.push(...query.changes(batch));
  }
  return changes;
}
