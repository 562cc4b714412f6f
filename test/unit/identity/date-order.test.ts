import { recordsSql } from '../../../core/identity/records/linkage-sql';
import { literal } from '../../../core/sql/quote';
import type { DateOrder } from '../../../schemas/linkage';
import { duckDbForTests } from '../../support/duckdb-connection';
import { field } from './record-rows';

const connection = duckDbForTests();

it.each<[string, DateOrder | undefined, string]>([
  ['05/06/1980', undefined, '19800605'],
  ['05/06/1980', 'day/month/year', '19800605'],
  ['05/06/1980', 'month/day/year', '19800506'],
  ['5-6-1980', 'month/day/year', '19800506'],
  ['23/05/1980', 'month/day/year', '19800523'],
  ['05/23/1980', 'day/month/year', '19800523'],
  ['1980-05-06', 'month/day/year', '19800506'],
  ['1980/5/6', 'month/day/year', '19800506'],
])('%s, %s, is %s', async (written, order, expected) => {
  const fields = [{ ...field('born', 'date'), order }];
  const records = recordsSql(`(SELECT ${literal(written)} AS born)`, { fields });
  const sql = `SELECT decode(text_0) FROM (${records})`;
  expect((await connection().runAndReadAll(sql)).getRows()[0]?.[0]).toBe(expected);
});
