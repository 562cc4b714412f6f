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
    // Where both are the same digit, it is taken off once.
    const isTwice = (value: string) => callingCode === nationalPrefix && value.startsWith(callingCode + nationalPrefix);
    const isOwn = (value: string) => expected(value, country, true)?.startsWith(callingCode) === true;
    const own = values.filter((value) => isOwn(value) && !isTwice(value));
    wrong.push(...(await misread(country, own, true)));
  }
  expect(wrong).toEqual([]);
});

/** Libphonenumber takes the prefix in +57 (0) 321 1234567 for a carrier's, and does not take it off. */
const TAKEN_FOR_A_CARRIER: CountryCode = 'CO';

it('reads numbers of other countries, whichever is the own one, with a nought behind their code, too', async () => {
  const wrong: string[] = [];
  const others = countries.filter((country) => country !== TAKEN_FOR_A_CARRIER);
  const values = others.flatMap((country) => {
    const prefix = phonePlan(country).nationalPrefix ?? '0';
    return writtenWays(country).filter(
      (value) => value.includes('+') && (prefix === '0' || !value.includes(`(${prefix})`)),
    );
  });
  for (const own of ['DE', 'US', 'NO'] as const) wrong.push(...(await misread(own, values)));
  expect(values.length).toBeGreaterThan(1_200);
  expect(wrong).toEqual([]);
});

it('leaves another prefix than a nought behind the codes of these alone', () => {
  const withPrefix = countries.filter((country) => !['0', undefined].includes(phonePlan(country).nationalPrefix));
  const codes = new Set(withPrefix.map((country) => phonePlan(country).callingCode));
  expect([...codes].sort()).toEqual(['1', '36', '375', '692', '7', '993']);
});
