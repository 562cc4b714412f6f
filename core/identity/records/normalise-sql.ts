import type { IdentityField, IdentitySettings } from '../../../schemas/identity';
import { literal } from '../../sql/quote';

/** A field in the form in which equal values are equal text, or null when it holds nothing or a placeholder. */
export function normalisedSql(field: IdentityField, settings: IdentitySettings): string {
  const value = `NULLIF(${normalise(field, settings)}, '')`;
  const placeholders = settings.placeholders[field] ?? [];
  if (placeholders.length === 0) return value;
  return `CASE WHEN ${value} NOT IN (${placeholders.map(literal).join(', ')}) THEN ${value} END`;
}

function normalise(field: IdentityField, settings: IdentitySettings): string {
  switch (field) {
    case 'email':
      // An address and its tagged forms (name+shop@…) reach the same person.
      return `regexp_replace(lower(trim(email)), '\\+[^@]*@', '@')`;
    case 'phone':
      return internationalPhone(settings.defaultCallingCode);
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

/** Digits with the country's calling code: 0049…, +49… and 0… mean the same. */
function internationalPhone(callingCode: string): string {
  const digits = `regexp_replace(phone, '[^0-9]', '', 'g')`;
  return `CASE WHEN trim(phone) LIKE '+%' THEN ${digits}
    WHEN ${digits} LIKE '00%' THEN substr(${digits}, 3)
    WHEN ${digits} LIKE '0%' THEN ${literal(callingCode)} || ltrim(${digits}, '0')
    ELSE ${digits} END`;
}
