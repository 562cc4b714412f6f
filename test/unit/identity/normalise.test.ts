import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { normalisedSql } from '../../../core/identity/records/normalise-sql';
import { literal } from '../../../core/sql/quote';
import { identitySchema, type IdentityField } from '../../../schemas/identity';

const settings = identitySchema.parse({
  rules: [{ name: 'email', match: ['email'] }],
  placeholders: { email: ['test@test.com'], birth_date: ['1900-01-01'] },
});

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

async function normalised(field: IdentityField, value: string | null): Promise<unknown> {
  const given = value === null ? 'NULL' : literal(value);
  const type = field === 'birth_date' ? 'DATE' : 'VARCHAR';
  const sql = `SELECT ${normalisedSql(field, settings)} FROM (SELECT ${given}::${type} AS ${field})`;
  return (await connection.runAndReadAll(sql)).getRows()[0]?.[0];
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
