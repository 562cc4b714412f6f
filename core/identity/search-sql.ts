import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { currentIdentitiesSql } from './resolution/answers-sql';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';

/** What a text may be that somebody looks for a customer by. */
export type FoundBy = 'customer' | 'source id' | 'phone' | 'e-mail';

const ORDER: readonly FoundBy[] = ['customer', 'source id', 'phone', 'e-mail'];
/** What people write between the digits of a phone number. */
const SEPARATORS = [' ', '-', '/', '(', ')', '.', '+'];
const FEWEST_DIGITS = 6;

/**
 * A query over the lake's tables for the customers that a text names: `customer_id`, `place` (of `ORDER`), and the golden record.
 *
 * @param text an id of a customer or of a source, a phone number as anybody writes it, or an e-mail address
 * @param country two letters of ISO 3166-1: where numbers without a calling code are from
 */
export function customerSearchSql(text: string, country: string, limit: number, dialect: LakeDialect): string {
  const conditions: [FoundBy, string][] = [
    ['source id', `external_id = ${literal(text)} OR profile_id = ${literal(text)}`],
    ...phoneConditions(text, country),
    ...(text.includes('@')
      ? [['e-mail', `lower(trim(email)) = ${literal(text.toLowerCase())}`] as [FoundBy, string]]
      : []),
  ];
  const found = conditions.map(
    ([by, condition]) => `SELECT customer_id, ${ORDER.indexOf(by)} AS place
FROM profiles JOIN tied USING (profile_id) WHERE ${condition}`,
  );
  return `WITH tied AS (${currentIdentitiesSql(dialect)}), found AS (
SELECT customer_id, ${ORDER.indexOf('customer')} AS place FROM tied WHERE customer_id = ${literal(text)}
UNION ALL ${found.join('\nUNION ALL ')}
), best AS (SELECT customer_id, min(place) AS place FROM found GROUP BY customer_id)
SELECT customer_id, place, given_name, family_name, email, phone, city, (
  SELECT count(*) FROM tied WHERE tied.customer_id = best.customer_id
) AS profiles
FROM best LEFT JOIN customers USING (customer_id) ORDER BY place, customer_id LIMIT ${limit}`;
}

/** What a row of such a query was found by. */
export function foundBy(place: number): FoundBy {
  return ORDER[place] as FoundBy;
}

/** Numbers are compared by what comes after the calling code, since sources write that in every way, or not at all. */
function phoneConditions(text: string, country: string): [FoundBy, string][] {
  if (!/^\+?[\d\s().\/-]+$/.test(text)) return [];
  const national = parsePhoneNumberFromString(text, country as CountryCode)?.nationalNumber ?? text.replace(/\D/g, '');
  if (national.length < FEWEST_DIGITS) return [];
  const digits = SEPARATORS.reduce((from, separator) => `replace(${from}, ${literal(separator)}, '')`, 'phone');
  return [['phone', `${digits} LIKE ${literal(`%${national}`)}`]];
}
