import { getCountries, getExampleNumber, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json';
import { phonePlan } from '../../core/identity/phones/phone-plans';
import { phoneStages } from '../../core/identity/phones/phone-sql';
import { literal } from '../../core/sql/quote';
import { randomNumbers } from '../../core/statistics/random-numbers';
import { duckDbForTests } from '../support/duckdb-connection';

const connection = duckDbForTests();

async function normalised(values: readonly string[], country: string | undefined): Promise<(string | null)[]> {
  const list = values.map(literal).join(', ');
  const sql = phoneStages(country).reduce(
    (inner, stage) => `SELECT ${stage('value')} AS value FROM (${inner})`,
    `SELECT unnest([${list}]::VARCHAR[]) AS value`,
  );
  return ((await connection().runAndReadAll(sql)).getColumnsJS()[0] ?? []) as (string | null)[];
}

/** What libphonenumber reads, as digits. */
function expected(value: string, country: CountryCode, onlyValid: boolean): string | undefined {
  const number = parsePhoneNumberFromString(value, country);
  return onlyValid && number?.isValid() !== true ? undefined : number?.number.slice(1);
}

/** All ways in which people of a country write its example number. */
function writtenWays(country: CountryCode): string[] {
  const number = getExampleNumber(country, examples)!;
  const { nationalPrefix } = phonePlan(country);
  const [code, digits] = [number.countryCallingCode, number.nationalNumber];
  const national = number.formatNational();
  const grouped = number.formatInternational().slice(code.length + 2);
  return [
    number.number,
    number.formatInternational(),
    number.getURI(),
    number.formatInternational().replaceAll(' ', '-'),
    `(+${code}) ${grouped}`,
    national,
    national.replaceAll(/\D/g, ''),
    `${national} ext. 12`,
    `Tel. ${national}`,
    digits,
    `${code}${digits}`,
    ...(nationalPrefix === undefined ? [] : [`+${code} (${nationalPrefix}) ${grouped}`, `${nationalPrefix}${digits}`]),
    `${digits}0`,
    digits.slice(0, -1),
  ];
}

const countries = getCountries().filter((country) => getExampleNumber(country, examples) !== undefined);

it('covers every country of the library', () => {
  expect(countries.length).toBeGreaterThan(230);
});

/** What people type when they know no number is none, whatever a plan says. */
function isMadeUp(value: string): boolean {
  const digits = value.replace(/ext.*$/, '').replaceAll(/\D/g, '');
  const isRepeated = digits.length >= 5 && new Set(digits).size === 1;
  return isRepeated || ['12345678', '123456789', '1234567890', '0123456789'].includes(digits);
}

/** What is read otherwise than by the library: how it is written, read, and would be. */
async function misread(country: CountryCode, values: readonly string[], onlyValid = false): Promise<string[]> {
  const found = await normalised(values, country);
  return values.flatMap((value, at) => {
    const wanted = isMadeUp(value) ? '' : expected(value, country, onlyValid);
    return wanted === undefined || wanted === found[at] ? [] : [`${country} ${value}: ${found[at]}, not ${wanted}`];
  });
}

it('reads numbers of every country as libphonenumber does, however they are written', async () => {
  const wrong: string[] = [];
  for (const country of countries) wrong.push(...(await misread(country, writtenWays(country))));
  expect(wrong).toEqual([]);
});

it('reads whatever number is dialled in a country as libphonenumber does', async () => {
  const random = randomNumbers(7);
  const digits = (most: number) =>
    Array.from({ length: 3 + Math.floor(random() * most) }, () => Math.floor(random() * 10));
  const wrong: string[] = [];
  for (const country of countries) {
    const { callingCode, nationalPrefix = '' } = phonePlan(country);
    const begins = ['', nationalPrefix, callingCode, `+${callingCode}`, `00${callingCode}`];
    const values = begins.flatMap((own) => Array.from({ length: 100 }, () => own + digits(12).join('')));
    wrong.push(...(await misread(country, values, true)));
  }
  expect(wrong).toEqual([]);
});

/** A prefix in brackets before a number of these is read by libphonenumber as that of a carrier, and here as none. */
const TAKEN_FOR_A_CARRIER: readonly string[] = ['CO'];

it('reads numbers of other countries, whichever is the own one', async () => {
  const wrong: string[] = [];
  for (const own of ['DE', 'US', 'NO'] as const) {
    const others = countries.filter((country) => !TAKEN_FOR_A_CARRIER.includes(country));
    const values = others.flatMap(writtenWays).filter((value) => value.includes('+'));
    wrong.push(...(await misread(own, values)));
  }
  expect(wrong).toEqual([]);
});
