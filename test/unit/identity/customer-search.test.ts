import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom } from './identity-room';

const settings = identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] });

let room: IdentityRoom;
beforeAll(async () => {
  room = await IdentityRoom.open();
  await room.see(
    {
      id: 'crm:1',
      day: 1,
      email: 'Ann.Lee@x.org',
      phone: '+49 170 1234567',
      given_name: 'Ann',
      family_name: 'Lee',
      city: 'Ulm',
    },
    { id: 'web:7', day: 2, email: 'ann.lee@x.org', source: 'web' },
    { id: 'crm:2', day: 3, email: 'ben@x.org', phone: '0170/123 45-67', given_name: 'Ben' },
    { id: 'crm:3', day: 3, email: "o'hara%@x.org", phone: '030 99' },
  );
  await room.resolve(settings);
});
afterAll(() => room.close());

const found = async (text: string) => {
  const { customers } = await room.find(text);
  return Promise.all(customers.map(async ({ customer, by }) => [customer === (await room.customerOf('crm:1')), by]));
};

it.each(['0170 1234567', '+491701234567', '0049 170 123-4567', '(0170) 1234567'])(
  'a phone number is found however it is written: %s',
  async (text) => {
    expect((await found(text)).toSorted()).toEqual([
      [false, 'phone'],
      [true, 'phone'],
    ]);
  },
);

it.each([
  ['ann.lee@X.org', 'e-mail'],
  ['crm:1', 'source id'],
  ['web:7', 'source id'],
])('%s is found by %s, once for all its profiles', async (text, by) => {
  expect(await found(text)).toEqual([[true, by]]);
});

it('what is told is masked, and enough to tell one from another', async () => {
  const customer = await room.customerOf('crm:1');
  expect(await room.find(customer)).toEqual({
    customers: [
      {
        customer,
        by: 'customer',
        name: 'Ann L.',
        email: 'a•••@x.org',
        phone: '•••567',
        city: 'Ulm',
        profiles: 2,
      },
    ],
    more: false,
  });
});

it.each(['99', '030', 'nobody@x.org', "' OR 1=1 --", '%@x.org', '%%%%%%%', '_rm:1', '12345', '99 99 99'])(
  'nobody is found by %s',
  async (text) => {
    if (text.length < 3) await expect(room.find(text)).rejects.toThrow(/text/);
    else expect(await room.find(text)).toEqual({ customers: [], more: false });
  },
);

it('characters that mean something to SQL are looked for as they are', async () => {
  expect((await room.find("o'hara%@x.org")).customers).toMatchObject([{ by: 'e-mail' }]);
});

it('more than were asked for are told of', async () => {
  const { customers, more } = await room.find('0170 1234567', 1);
  expect([customers.length, more]).toEqual([1, true]);
});
