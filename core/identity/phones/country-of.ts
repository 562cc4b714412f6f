import { HubError } from '../../errors';
import { mainCountry, phonePlan } from './phone-plans';

/** What an operator's phones are numbered by where no setting says. */
const USUAL_COUNTRY = 'DE';

/** Settings that tell whose plan phone numbers without calling code follow. */
export interface CountrySettings {
  readonly country?: string | undefined;
  /** What settings of earlier releases have in place of the country. */
  readonly defaultCallingCode?: string | undefined;
}

/** @throws HubError COUNTRY_UNKNOWN, naming the setting */
export function countryOf({ country, defaultCallingCode }: CountrySettings): string {
  if (country !== undefined) {
    phonePlan(country);
    return country;
  }
  if (defaultCallingCode === undefined) return USUAL_COUNTRY;
  const main = mainCountry(defaultCallingCode);
  if (main !== undefined) return main;
  const message = `defaultCallingCode: no country has "${defaultCallingCode}"; set country instead, such as ${USUAL_COUNTRY}`;
  throw new HubError('COUNTRY_UNKNOWN', message, { field: 'defaultCallingCode' });
}
