import { getCountries, isSupportedCountry, Metadata } from 'libphonenumber-js';
import { HubError } from '../../errors';

/** How a country numbers its phones, as Google's libphonenumber has it; patterns are regular expressions over digits. */
export interface PhonePlan {
  readonly callingCode: string;
  /** What is dialled before a number of another country. */
  readonly internationalPrefix: string;
  /** Numbers without prefix. */
  readonly pattern: string;
  /** How many digits numbers without prefix may have, ascending. */
  readonly lengths: readonly number[];
  /** What is dialled before a number within the country; absent where nothing is. */
  readonly nationalPrefix?: string | undefined;
  /** What of a number is no part of it, where that is not its prefix alone: the last group, if any, is kept by `transform`. */
  readonly prefixForParsing?: string | undefined;
  readonly transform?: string | undefined;
}

/** What the library's metadata tells beyond what its types say. */
interface NumberingPlans {
  /** @param name a country, or a calling code for the plan that numbers of all its countries follow */
  selectNumberingPlan(name: string): void;
  /** Those of a calling code, the main one first. */
  getCountryCodesForCallingCode(callingCode: string): string[];
  readonly numberingPlan: {
    callingCode(): string;
    IDDPrefix(): string;
    nationalNumberPattern(): string;
    possibleLengths(): number[];
    nationalPrefix(): string | undefined;
    nationalPrefixForParsing(): string | undefined;
    nationalPrefixTransformRule(): string | undefined;
  };
}

/**
 * The plan of a country.
 *
 * @param country its code of ISO 3166-1, two letters
 * @throws HubError COUNTRY_UNKNOWN
 */
export function phonePlan(country: string): PhonePlan {
  if (isSupportedCountry(country)) return planOf(country);
  const message = `country: there is no country "${country}"; give its two letters of ISO 3166-1, such as DE`;
  throw new HubError('COUNTRY_UNKNOWN', message, { field: 'country' });
}

/** The plan that numbers with a calling code follow, whichever of its countries they are of. */
export function internationalPlan(callingCode: string): PhonePlan {
  return planOf(callingCode);
}

/** All calling codes of countries. */
export function callingCodes(): string[] {
  return [...new Set(getCountries().map((country) => planOf(country).callingCode))];
}

/** The country of a calling code, of several the main one; undefined for a code that none has. */
export function mainCountry(callingCode: string): string | undefined {
  if (!callingCodes().includes(callingCode)) return undefined;
  return metadata().getCountryCodesForCallingCode(callingCode)[0];
}

function planOf(name: string): PhonePlan {
  const plans = metadata();
  plans.selectNumberingPlan(name);
  const plan = plans.numberingPlan;
  return {
    callingCode: plan.callingCode(),
    internationalPrefix: plan.IDDPrefix(),
    pattern: plan.nationalNumberPattern(),
    lengths: plan.possibleLengths(),
    nationalPrefix: plan.nationalPrefix() || undefined,
    prefixForParsing: plan.nationalPrefixForParsing() || undefined,
    transform: plan.nationalPrefixTransformRule() || undefined,
  };
}

function metadata(): NumberingPlans {
  return new Metadata() as unknown as NumberingPlans;
}
