import type { IdentityField, IdentitySettings } from '../../../schemas/identity';
import { literal } from '../../sql/quote';
import { countryOf } from '../phones/country-of';
import { phoneStages } from '../phones/phone-sql';
import { identityFields } from './fields';

/**
 * The same rows with a column more for each field, `normalised_<field>`: the value in the form in which equal values are equal text,
 * or null when it holds nothing or a placeholder.
 *
 * @param relation what to select from
 * @throws HubError COUNTRY_UNKNOWN
 */
export function withNormalised(
  relation: string,
  settings: IdentitySettings,
  fields: readonly IdentityField[] = identityFields,
): string {
  const columns = fields.map((field) => `${normalise(field)} AS normalised_${field}`);
  const stages = fields.includes('phone') ? phoneStages(countryOf(settings)) : [];
  const staged = stages.reduce(
    (from, stage) => `SELECT * REPLACE (${stage('normalised_phone')} AS normalised_phone) FROM (${from})`,
    `SELECT *, ${columns.join(', ')} FROM ${relation}`,
  );
  const known = fields.map((field) => `${knownSql(field, settings)} AS normalised_${field}`);
  return `SELECT * REPLACE (${known.join(', ')}) FROM (${staged})`;
}

function knownSql(field: IdentityField, { placeholders }: IdentitySettings): string {
  const value = `NULLIF(normalised_${field}, '')`;
  const own = placeholders[field] ?? [];
  if (own.length === 0) return value;
  return `CASE WHEN ${value} NOT IN (${own.map(literal).join(', ')}) THEN ${value} END`;
}

function normalise(field: IdentityField): string {
  switch (field) {
    case 'email':
      // An address and its tagged forms (name+shop@…) reach the same person.
      return `regexp_replace(lower(trim(email)), '\\+[^@]*@', '@')`;
    case 'phone':
      return 'trim(phone)';
    case 'birth_date':
      return 'birth_date::VARCHAR';
    case 'postcode':
    case 'account_id':
      return `regexp_replace(upper(${field}), '[^A-Z0-9]', '', 'g')`;
    case 'street':
      return `regexp_replace(regexp_replace(${folded('street')}, 'str(asse|eet)?\\.?( |$)', 'str '), '[^a-z0-9]', '', 'g')`;
    default:
      return `regexp_replace(${folded(field)}, '[^a-z]', '', 'g')`;
  }
}

/** Lower case without accents, German sharp s spelt out. */
function folded(field: string): string {
  return `replace(strip_accents(lower(trim(${field}))), 'ß', 'ss')`;
}
