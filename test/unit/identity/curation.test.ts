import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom } from './identity-room';

const settings = identitySchema.parse({
  rules: [
    { name: 'email', match: ['email'], confidence: 0.98 },
    { name: 'account', match: ['account_id'] },
  ],
});

let room: IdentityRoom;
beforeEach(async () => {
  room = await IdentityRoom.open();
  await room.see(
    { id: 'crm:1', day: 1, email: 'ann@x.org', account_id: 'K1' },
    { id: 'web:1', day: 2, email: 'ann@x.org', source: 'web' },
    { id: 'web:2', day: 3, email: 'ann@x.org', source: 'web' },
    { id: 'shop:1', day: 4, given_name: 'Ann', source: 'shops' },
  );
  await room.resolve(settings);
});
afterEach(() => room.close());

const resolve = (plan = {}) => room.resolve(settings, plan);
const say = (kind: 'merge' | 'split', ...profiles: string[]) => room.say(kind, ...profiles);
const changed = (batch: string) =>
  room.lake.rows(`SELECT profile_id, kind, reason FROM identity_changes WHERE batch = '${batch}' ORDER BY 1`);
const lastBatch = async () =>
  (await room.lake.rows<{ batch: string }>('SELECT max(batch) AS batch FROM identity_runs'))[0]!.batch;

describe('a merge', () => {
  it('ties what nothing else does, in every later run, and says who wanted it', async () => {
    expect(await say('merge', 'crm:1', 'shop:1')).toMatchObject({
      pairs: 1,
      effect: 'with the next resolution of identities',
    });
    expect(await room.people()).toEqual(['crm:1 web:1 web:2', 'shop:1']);
    expect(await resolve()).toMatchObject({ customers: 1, links: { manual: 1, deterministic: 2 } });
    expect(await changed(await lastBatch())).toEqual([
      { profile_id: 'shop:1', kind: 'merged', reason: 'joined by ann: merge crm:1,shop:1' },
    ]);
    await room.see({ id: 'crm:2', day: 5, email: 'bob@x.org' });
    await resolve({ mode: 'backfill' });
    expect(await room.people()).toEqual(['crm:1 shop:1 web:1 web:2', 'crm:2']);
  });

  it('of profiles that were held apart revokes that', async () => {
    await say('split', 'web:2');
    await resolve();
    await say('merge', 'web:2', 'crm:1');
    await resolve();
    expect(await room.people()).toEqual(['crm:1 web:1 web:2', 'shop:1']);
    const { assertions } = await room.assertions();
    expect(assertions.filter(({ active }) => active).map(({ kind }) => kind)).toEqual(['same', 'same']);
    expect(assertions.filter(({ active }) => !active).map(({ kind }) => kind)).toEqual(['different', 'different']);
  });
});

describe('a split', () => {
  it('holds apart what a rule ties, also by way of others, in every later run', async () => {
    const before = await room.customerOf('crm:1');
    await say('split', 'web:2');
    expect(await resolve()).toMatchObject({ changes: 1, changesByKind: { split: 1 } });
    expect(await room.people()).toEqual(['crm:1 web:1', 'shop:1', 'web:2']);
    expect(await room.customerOf('crm:1')).toBe(before);
    expect(await changed(await lastBatch())).toEqual([
      { profile_id: 'web:2', kind: 'split', reason: 'held apart by ann: split web:2' },
    ]);
    // One that is tied to both by the same rule cannot bring them together.
    await room.see({ id: 'app:0', day: 6, email: 'ann@x.org', account_id: 'K1', source: 'app' });
    await resolve({ mode: 'backfill' });
    expect(await room.people()).toEqual(['app:0 crm:1 web:1', 'shop:1', 'web:2']);
  });

  it('of the profile in the middle leaves the others together', async () => {
    await say('split', 'crm:1');
    await resolve();
    expect(await room.people()).toEqual(['crm:1', 'shop:1', 'web:1 web:2']);
  });

  it('of a customer of one profile is refused', async () => {
    await expect(say('split', 'shop:1')).rejects.toMatchObject({ code: 'NOTHING_TO_SPLIT', field: 'profiles' });
  });
});

it('profiles that are unknown, and words that contradict others, are refused and not kept', async () => {
  await expect(say('merge', 'crm:1', 'crm:9')).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN', field: 'profiles' });
  await say('split', 'web:2');
  await resolve();
  await say('merge', 'shop:1', 'web:2');
  await expect(say('merge', 'crm:1', 'shop:1')).rejects.toMatchObject({ code: 'IDENTITY_ASSERTIONS_CONTRADICT' });
  expect((await room.assertions()).assertions).toHaveLength(3);
  expect((await room.assertions(1)).assertions).toMatchObject([{ profileA: 'shop:1', profileB: 'web:2' }]);
});

it('a dry run says what would change, and writes nothing', async () => {
  const [customer, shop] = [await room.customerOf('crm:1'), await room.customerOf('shop:1')];
  await say('merge', 'crm:1', 'shop:1');
  const version = await room.lake.version();
  expect(await resolve({ dryRun: true })).toMatchObject({
    dryRun: true,
    changesByKind: { merged: 1 },
    examples: [{ profile: 'shop:1', kind: 'merged', from: shop, to: customer }],
  });
  expect(await room.lake.version()).toBe(version);
  expect(await resolve()).toMatchObject({ dryRun: false, changesByKind: { merged: 1 } });
});

it('of days that are asked for, profiles are resolved; the others stay with whom they are', async () => {
  const others = identitySchema.parse({ rules: [{ name: 'account', match: ['account_id'] }] });
  await room.see({ id: 'crm:2', day: 8, account_id: 'K1' });
  await room.resolve(others, { from: '2026-01-08' });
  expect(await room.people()).toEqual(['crm:1 crm:2 web:1 web:2', 'shop:1']);
  await room.resolve(others, { to: '2026-01-02' });
  expect(await room.people()).toEqual(['crm:1 crm:2 web:2', 'shop:1', 'web:1']);
});

describe('the explanation of a customer', () => {
  it('has its profiles, what ties them, the weakest of it, and the changes', async () => {
    await say('merge', 'crm:1', 'shop:1');
    await resolve();
    const customer = await room.customerOf('crm:1');
    const explained = await room.explain(customer);
    expect(explained.profiles.map(({ profile, method, rule }) => [profile, method, rule])).toEqual([
      ['crm:1', 'manual', 'must-link'],
      ['web:1', 'deterministic', 'email'],
      ['web:2', 'deterministic', 'email'],
      ['shop:1', 'manual', 'must-link'],
    ]);
    expect(explained.profiles[0]!.fields).toEqual({ email: 'ann@x.org', account_id: 'K1' });
    expect(explained.edges.map(({ profileA, profileB, probability }) => [profileA, profileB, probability])).toEqual([
      ['crm:1', 'shop:1', 1],
      ['crm:1', 'web:1', 0.98],
      ['crm:1', 'web:2', 0.98],
    ]);
    expect(explained.weakest).toMatchObject({
      edge: { profileA: 'crm:1', profileB: 'web:2' },
      parts: [['crm:1', 'web:1', 'shop:1'], ['web:2']],
    });
    expect(explained.changes.map(({ profile, kind }) => [profile, kind])).toEqual([
      ['crm:1', 'new'],
      ['shop:1', 'new'],
      ['web:1', 'new'],
      ['web:2', 'new'],
      ['shop:1', 'merged'],
    ]);
    expect(explained.assertions).toMatchObject([{ kind: 'same', author: 'ann', active: true }]);
  });

  it('of one that is gone says where its profiles went', async () => {
    const gone = await room.customerOf('shop:1');
    await say('merge', 'crm:1', 'shop:1');
    await resolve();
    const to = await room.customerOf('crm:1');
    await expect(room.explain(gone)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `there is no customer "${gone}" any more; its profiles went to "${to}" (2026-02-01)`,
    });
    await expect(room.explain("c'x")).rejects.toMatchObject({ message: `there is no customer "c'x"` });
  });
});
