import { isValidPhoneNumber, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { mainCountry } from './phone-plans';

/**
 * The country whose people hold some phone numbers: of those that numbers with a calling code name, the one whose plan most numbers
 * without follow, and of equals the one that is named most.
 *
 * @returns its two letters of ISO 3166-1; undefined where no number tells
 */
export function inferCountry(phones: readonly (string | null)[]): string | undefined {
  const typed = phones.flatMap((phone) => (phone === null ? [] : [phone.trim().replace(/^00(?=[1-9])/, '+')]));
  const isNational = (phone: string) => !phone.startsWith('+');
  const named = new Map<string, number>();
  for (const phone of typed) {
    if (isNational(phone)) continue;
    const number = parsePhoneNumberFromString(phone);
    if (number?.isValid() === true) {
      named.set(number.countryCallingCode, (named.get(number.countryCallingCode) ?? 0) + 1);
    }
  }
  const national = typed.filter(isNational);
  const ranked = [...named].map(([callingCode, times]) => {
    const country = mainCountry(callingCode) as CountryCode;
    return { country, times, valid: national.filter((phone) => isValidPhoneNumber(phone, country)).length };
  });
  ranked.sort((a, b) => b.valid - a.valid || b.times - a.times);
  return ranked[0]?.country;
}
