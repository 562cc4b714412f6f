import { inferFields } from '../../../core/identity/records/infer-fields';

const kinds = (columns: Record<string, (string | null)[]>) =>
  inferFields(Object.entries(columns).map(([name, values]) => ({ name, values }))).map(
    ({ column, kind, role }) => `${column}: ${kind}, ${role}`,
  );

it('knows columns by their names', () => {
  expect(
    kinds({
      first_name: ['Ann'],
      surname: ['Lee'],
      date_of_birth: ['19800203'],
      phone: ['1'],
      street_number: ['7'],
      address_1: ['x'],
      suburb: ['x'],
      postcode: ['1'],
      state: ['nsw'],
      soc_sec_id: ['5304218'],
      device_id: ['d1'],
    }),
  ).toEqual([
    'first_name: name, personal',
    'surname: name, household',
    'date_of_birth: date, personal',
    'phone: phone, household',
    'street_number: number, place',
    'address_1: street, place',
    'suburb: city, place',
    'postcode: postcode, place',
    'state: category, place',
    'soc_sec_id: code, personal',
    'device_id: code, household',
  ]);
});

it('knows columns without telling names by their values', () => {
  const many = Array.from({ length: 100 }, (_, index) => index);
  expect(
    kinds({
      a: ['ann@x.org', null, 'bob@y.com'],
      b: ['1980-02-03', '03.02.1980'],
      c: many.map((index) => `0171 555 ${100 + index}`),
      d: many.map((index) => `word ${String.fromCharCode(97 + (index % 26), 97 + (index % 25))}${index}`),
      e: ['gold', 'silver'],
    }),
  ).toEqual([
    'a: email, personal',
    'b: date, personal',
    'c: code, personal',
    'd: text, personal',
    'e: category, place',
  ]);
});

it('leaves out what says nothing of a person', () => {
  expect(kinds({ source: ['crm'], household_id: ['1'], cluster: ['1'], empty: [null, ' '], name: ['Ann'] })).toEqual([
    'name: name, personal',
  ]);
});

it.each([
  [['05/23/1980', '01/02/1980'], 'month/day/year'],
  [['23.05.1980', '01.02.1980', '12/31/1980'], undefined],
  [['31/12/1980', '12/30/1980', '12/31/1980'], 'month/day/year'],
  [['01/02/1980', '1980-12-31'], undefined],
])('knows by a part above 12 where the day is in dates that end in the year: %j', (born, order) => {
  expect(inferFields([{ name: 'born', values: born }])[0]?.order).toBe(order);
});
