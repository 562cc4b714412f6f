import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { identitySchema, type IdentityField } from '../../../schemas/identity';
import { propertyRuns } from '../../support/property-runs';
import { IdentityRoom, type SeenProfile } from './identity-room';
import { crmProfile, samplePeople, shopProfile } from './sample-profiles';

const settings = identitySchema.parse({
  rules: [
    { name: 'account', match: ['account_id'], maxProfiles: 3 },
    { name: 'email', match: ['email'], confidence: 0.98, maxProfiles: 2 },
    { name: 'phone-and-name', match: ['phone', 'given_name', 'family_name'], maxProfiles: 4 },
  ],
  probabilistic: { uniquePerSource: ['crm', 'shops'], minProfiles: 100, minMatches: 10 },
});

const people = samplePeople(260);
const base = [...people.map(crmProfile), ...people.filter(({ number }) => number % 2 === 0).map(shopProfile)];

let learned: IdentityRoom;
beforeAll(async () => {
  learned = await IdentityRoom.open();
  await learned.see(...base);
  expect(await learned.resolve(settings)).toMatchObject({ ran: 'backfill', why: 'no model is kept yet' });
}, 120_000);
afterAll(() => learned.close());

/** A room in which the base has been resolved, and its model and index are kept. */
async function roomAfterwards(): Promise<IdentityRoom> {
  const room = await IdentityRoom.open();
  for (const part of ['lake', 'identity']) {
    await cp(join(learned.folder, part), join(room.folder, part), { recursive: true });
  }
  return room;
}

/** Makes the index one that does not go with the last resolution: all profiles are resolved, under the same model. */
async function forgetIndex({ folder }: IdentityRoom): Promise<void> {
  const path = join(folder, 'identity', 'index', 'index.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { hub: object };
  await writeFile(path, JSON.stringify({ ...manifest, hub: { ...manifest.hub, run: 'another' } }));
}

/** Few families, of whose values everybody may hold any, so that much hangs in the balance. */
const family = people.slice(0, 8).map(crmProfile);
const valueOf = (field: IdentityField) => fc.constantFrom(null, ...family.map((profile) => profile[field] ?? null));
const someone = fc.constantFrom(...family);
const ids = ['web:1', 'web:2', 'app:1', 'app:2', 'shops:9', ...family.slice(0, 4).map(({ id }) => id)];

const arrival: fc.Arbitrary<SeenProfile> = fc
  .record({
    id: fc.constantFrom(...ids),
    day: fc.integer({ min: 3, max: 25 }),
    person: someone,
    email: valueOf('email'),
    phone: valueOf('phone'),
    given: valueOf('given_name'),
    account: fc.constantFrom(null, null, 'A1', 'A2'),
    mixed: fc.boolean(),
  })
  .map(({ id, day, person, email, phone, given, account, mixed }) => ({
    ...person,
    ...(mixed ? { email, phone, given_name: given } : {}),
    account_id: account,
    id,
    day,
    source: id.split(':')[0]!,
  }));
const saying = fc.record({
  kind: fc.constantFrom('merge' as const, 'split' as const),
  profiles: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 2, maxLength: 2 }),
});
const night = fc.record({
  arrivals: fc.uniqueArray(arrival, { maxLength: 4, selector: ({ id }) => id }),
  said: fc.array(saying, { maxLength: 1 }),
});

/** What there is to be seen of a resolution. */
async function outcome({ lake }: IdentityRoom): Promise<unknown> {
  const all = (sql: string) => lake.rows<object>(sql);
  return {
    identities: await all('SELECT * FROM identities ORDER BY ALL'),
    edges: await all('SELECT * FROM identity_edges ORDER BY ALL'),
    customers: await all('SELECT * FROM customers ORDER BY ALL'),
    changes: await all('SELECT * EXCLUDE (batch) FROM identity_changes ORDER BY ALL'),
  };
}

/** The code of the error, if there is one. */
function refusal(saying: Promise<unknown>): Promise<unknown> {
  return saying.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? Promise.reject(error as Error),
  );
}

it('looking at what changed gives what looking at all gives, in whatever order profiles arrive, change, and are said to be one', async () => {
  let incremental = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(night, { minLength: 1, maxLength: 4 }), async (nights) => {
      const [room, whole] = [await roomAfterwards(), await roomAfterwards()];
      try {
        for (const { arrivals, said } of nights) {
          for (const { kind, profiles } of said) {
            const refused = await refusal(room.say(kind, ...profiles));
            expect(await refusal(whole.say(kind, ...profiles))).toEqual(refused);
          }
          if (arrivals.length > 0) for (const each of [room, whole]) await each.see(...arrivals);
          await forgetIndex(whole);
          const [own, all] = [await room.resolve(settings), await whole.resolve(settings)];
          if (own.ran === 'incremental') incremental++;
          expect({ customers: own.customers, profiles: own.profiles, changes: own.changesByKind }).toEqual({
            customers: all.customers,
            profiles: all.profiles,
            changes: all.changesByKind,
          });
          expect(await outcome(room)).toEqual(await outcome(whole));
        }
      } finally {
        await Promise.all([room.close(), whole.close()]);
      }
    }),
    { ...propertyRuns(12), endOnFailure: true },
  );
  expect(incremental).toBeGreaterThan(0);
}, 600_000);
