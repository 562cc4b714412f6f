import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom } from './identity-room';

const rules = [{ name: 'account', match: ['account_id'] }];

let room: IdentityRoom;
beforeEach(async () => {
  room = await IdentityRoom.open();
  const account_id = 'K1';
  await room.see(
    { id: 'crm:1', day: 1, account_id, given_name: 'Annabelle', city: 'Bonn', email: 'crm@x.org' },
    { id: 'web:1', day: 2, account_id, given_name: 'Ann', city: 'Bonn', source: 'web' },
    { id: 'app:1', day: 3, account_id, given_name: 'Anna', city: 'Köln', email: 'app@x.org', source: 'app' },
    { id: 'shop:1', day: 4, account_id, city: 'Aachen', phone: '1', source: 'shops' },
  );
});
afterEach(() => room.close());

async function golden(survivorship: object) {
  await room.resolve(identitySchema.parse({ rules, survivorship }));
  const [record] = await room.lake.rows('SELECT given_name, city, email, phone, profiles FROM customers');
  return record;
}

it.each([
  ['the newest value by default', {}, { given_name: 'Anna', city: 'Aachen', email: 'app@x.org', phone: '1' }],
  ['the most frequent', { city: 'most-frequent' }, { city: 'Bonn', given_name: 'Anna' }],
  ['the newest of equally frequent ones', { given_name: 'most-frequent' }, { given_name: 'Anna' }],
  ['the longest', { given_name: 'longest', city: 'longest' }, { given_name: 'Annabelle', city: 'Aachen' }],
  [
    'the first source that tells one, else the newest',
    { email: { 'source-priority': ['shops', 'crm'] }, city: { 'source-priority': ['billing'] } },
    { email: 'crm@x.org', city: 'Aachen' },
  ],
])('hold %s', async (_what, survivorship, expected) => {
  expect(await golden(survivorship)).toMatchObject({ ...expected, profiles: 4n });
});
