import { withNormalised } from '../../../core/identity/records/normalise-sql';
import { literal } from '../../../core/sql/quote';
import { identitySchema, type IdentityField } from '../../../schemas/identity';
import { duckDbForTests } from '../../support/duckdb-connection';

const settings = identitySchema.parse({
  rules: [{ name: 'email', match: ['email'] }],
  placeholders: { email: ['test@test.com'], birth_date: ['1900-01-01'] },
});

const connection = duckDbForTests();

async function normalised(field: IdentityField, value: string | null): Promise<unknown> {
  const given = value === null ? 'NULL' : literal(value);
  const type = field === 'birth_date' ? 'DATE' : 'VARCHAR';
  const sql = `SELECT normalised_${field} FROM (${withNormalised(`(SELECT ${given}::${type} AS ${field})`, settings, [field])})`;
  return (await connection().runAndReadAll(sql)).getRows()[0]?.[0];
}

it.each<[IdentityField, string | null, string | null]>([
  ['phone', '0171/123 45-67', '491711234567'],
  ['phone', '0049 (171) 1234567', '491711234567'],
  ['phone', '+49 171 1234567', '491711234567'],
  ['phone', '+43 1 234', '431234'],
  ['phone', 'unknown', null],
  ['email', ' Ann.Lee+Shop@Example.COM ', 'ann.lee@example.com'],
  ['email', 'TEST@test.com', null],
  ['email', '', null],
  ['birth_date', '1980-02-29', '1980-02-29'],
  ['birth_date', '1900-01-01', null],
  ['given_name', ' José ', 'jose'],
  ['given_name', 'JOSE\u0301', 'jose'],
  ['family_name', 'Müller-Lüdenscheid', 'mullerludenscheid'],
  ['family_name', 'Groß', 'gross'],
  ['street', 'Lange Straße 5', 'langestr5'],
  ['street', 'Lange Str. 5', 'langestr5'],
  ['postcode', 'sw1a 2aa', 'SW1A2AA'],
  ['account_id', 'ab-12 3', 'AB123'],
  ['city', null, null],
])('%s: %j is compared as %j', async (field, value, expected) => {
  expect(await normalised(field, value)).toBe(expected);
});

it.each([
  ['NO', '+47 22 12 34 56', '0047 22123456', '22 12 34 56'],
  ['SG', '+65 6123 4567', '00165 6123 4567', '6123-4567'],
  ['DK', '+45 32 12 34 56', '0045 32123456', '32 12 34 56'],
  ['IT', '+39 06 1234 5678', '0039 0612345678', '06 12345678'],
  ['US', '+1 201-555-0123', '011 1 201 555 0123', '(201) 555-0123'],
])('a phone number of %s is one, however it is written', async (country, ...written) => {
  const own = { ...settings, country };
  const read = await Promise.all(
    written.map(async (phone) => {
      const relation = `(SELECT ${literal(phone)} AS phone)`;
      const sql = `SELECT normalised_phone FROM (${withNormalised(relation, own, ['phone'])})`;
      return (await connection().runAndReadAll(sql)).getRows()[0]?.[0];
    }),
  );
  expect(new Set(read).size).toBe(1);
});
