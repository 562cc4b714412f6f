import { literal } from '../../sql/quote';
import { callingCodes, internationalPlan, phonePlan, type PhonePlan } from './phone-plans';

/**
 * A phone number's digits with the calling code of its country, in DuckDB's SQL: however it is written (+47…, 0047…, as dialled
 * within the country, with brackets, an extension), it is the same text. What is no number is its digits; no text at
 * all is a number of one digit again and again.
 *
 * It does what libphonenumber does (`parsePhoneNumber` of libphonenumber-js 1.13, whose plans it reads), which would take a
 * second for 70,000 values. The plan of the default country is followed to the letter. Numbers of other countries lose a
 * national prefix behind their calling code (+43 0664…) where it is always the same.
 *
 * @param country whose plan numbers without calling code follow; without one they stay as they are, but for noughts before them
 * @returns expressions of a text without spaces around it (NULL for none), each of what the one before it makes: they name their
 *   value many times, and are to be columns of queries within one another
 * @throws HubError COUNTRY_UNKNOWN
 */
export function phoneStages(country: string | undefined): ((value: string) => string)[] {
  const plan = country === undefined ? undefined : phonePlan(country);
  return [
    withoutMarks,
    digitsOf,
    (value) => withPlus(value, plan?.internationalPrefix ?? '00'),
    (value) => `CASE WHEN ${isNone(value)} THEN '' ${numberCases(value, plan)} END`,
  ];
}

/** Marks between digits that most numbers have, if any. */
const MARKS = ' -()./_\u00a0';
const IS_PLAIN = literal('\\+?[0-9]+');

/** Regular expressions that match are quicker than marks that are not there. */
function withoutMarks(value: string): string {
  const plain = [...MARKS].reduce((sql, mark) => `replace(${sql}, ${literal(mark)}, '')`, value);
  return `CASE WHEN regexp_full_match(${value}, ${IS_PLAIN}) THEN ${value} ELSE ${plain} END`;
}

/** Digits of other scripts, and the plus as wide as a letter of Chinese, which libphonenumber reads, too. */
const WIDE = '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹＋';
const NARROW = `${'0123456789'.repeat(3)}+`;
/** A number of a telephone system within that of the number. */
const EXTENSION = '(?:;ext=|,*(?:e?xtn?|extension|anexo|доб|int|[x#~]):?,*|[,;]+)[0-9]{1,9}#?[^0-9#]*$';

/** A number's digits, behind a plus where it begins with one. */
function digitsOf(value: string): string {
  const narrow = `translate(lower(${value}), ${literal(WIDE)}, ${literal(NARROW)})`;
  const number = `regexp_extract(regexp_replace(${narrow}, ${literal(EXTENSION)}, ''), '[+0-9].*')`;
  const digits = `CASE WHEN starts_with(${number}, '+') THEN '+' ELSE '' END || regexp_replace(${number}, '[^0-9]', '', 'g')`;
  return `CASE WHEN regexp_full_match(${value}, ${IS_PLAIN}) THEN ${value} ELSE ${digits} END`;
}

/** With a plus in place of what is dialled before numbers of other countries. */
function withPlus(value: string, prefix: string): string {
  const [begins, rest] = [startsWith(value, prefix), behind(value, prefix)];
  return `CASE WHEN ${begins} AND substr(${rest}, 1, 1) NOT IN ('', '0') THEN '+' || ${rest} ELSE ${value} END`;
}

/** Whether a text begins as a regular expression says; and what is behind that. */
function startsWith(value: string, pattern: string): string {
  if (isDigits(pattern)) return `starts_with(${value}, '${pattern}')`;
  return `regexp_matches(${value}, ${literal(`^(?:${pattern})`)})`;
}

function behind(value: string, pattern: string): string {
  if (isDigits(pattern)) return `substr(${value}, ${pattern.length + 1})`;
  return `substr(${value}, 1 + length(regexp_extract(${value}, ${literal(`^(?:${pattern})`)})))`;
}

/** What people type when they know none. */
const NONE = ['', '+', '12345678', '123456789', '1234567890', '0123456789'];
/** A digit so many times is no number. */
const REPEATED = 5;

function isNone(number: string): string {
  const repeated = `length(${number}) >= ${REPEATED} AND replace(${number}, right(${number}, 1), '') IN ('', '+')`;
  return `list_contains([${NONE.map(literal).join(', ')}], ${number}) OR (${repeated})`;
}

function numberCases(number: string, plan: PhonePlan | undefined): string {
  if (plan === undefined) {
    return `WHEN starts_with(${number}, '+') THEN ${foreignSql(number)} ELSE ltrim(${number}, '0')`;
  }
  const { callingCode } = plan;
  const ofCode = `substr(${number}, ${callingCode.length + 2})`;
  const withoutPlus = `substr(${number}, ${callingCode.length + 1})`;
  const international = internationalPlan(callingCode);
  return `WHEN starts_with(${number}, '+${callingCode}') THEN '${callingCode}' || ${significantSql(ofCode, international)}
    WHEN starts_with(${number}, '+') THEN ${foreignSql(number)}
    WHEN starts_with(${number}, '${callingCode}') AND ${hasCode(number, withoutPlus, plan)}
      THEN '${callingCode}' || ${significantSql(withoutPlus, international)}
    WHEN length(${number}) > 1 THEN '${callingCode}' || ${significantSql(number, plan)}
    ELSE ${number}`;
}

/** Whether a number that begins with the digits of the calling code is written with it, but without a plus. */
function hasCode(number: string, rest: string, plan: PhonePlan): string {
  const [whole, shorter] = [significantSql(number, plan), significantSql(rest, plan)];
  const most = plan.lengths.at(-1)!;
  return `((NOT ${isValid(whole, plan)} AND ${isValid(shorter, plan)}) OR length(${whole}) > ${most})`;
}

/** A number without national prefix: that is taken off where what is left can be a number, and no worse a one. */
function significantSql(number: string, plan: PhonePlan): string {
  const { prefixForParsing } = plan;
  if (prefixForParsing === undefined) return number;
  const rest = withoutPrefix(number, prefixForParsing, plan.transform);
  const isRight = `(NOT ${isValid(number, plan)} OR ${isValid(rest, plan)}) AND ${isPossible(rest, plan)}`;
  return `CASE WHEN ${startsWith(number, prefixForParsing)} AND ${isRight} THEN ${rest} ELSE ${number} END`;
}

function withoutPrefix(number: string, prefix: string, transform: string | undefined): string {
  const cut = behind(number, prefix);
  if (transform === undefined || isDigits(prefix)) return cut;
  const pattern = literal(`^(?:${prefix})`);
  const kept = `regexp_extract(${number}, ${pattern}, ${groupsOf(prefix)})`;
  const moved = `regexp_replace(${number}, ${pattern}, ${literal(transform.replaceAll('$', '\\'))})`;
  return `CASE WHEN ${kept} <> '' THEN ${moved} ELSE ${cut} END`;
}

function isValid(number: string, { pattern }: PhonePlan): string {
  return `regexp_full_match(${number}, ${literal(pattern)})`;
}

/** Too long a number may be one all the same: what is behind it was dialled afterwards. */
function isPossible(number: string, { lengths }: PhonePlan): string {
  const most = lengths.at(-1)!;
  const gaps = Array.from({ length: most }, (_, length) => length).filter((own) => !lengths.includes(own));
  const excluded = gaps.filter((own) => own > lengths[0]!).map((own) => ` AND length(${number}) <> ${own}`);
  return `(length(${number}) >= ${lengths[0]!}${excluded.join('')})`;
}

/** A number of another country, which begins with a plus. */
function foreignSql(number: string): string {
  const { test, cut, kept } = foreignPrefixes();
  const stripped = `regexp_replace(${number}, ${literal(cut)}, ${literal(kept)})`;
  return `CASE WHEN regexp_matches(${number}, ${literal(test)}) THEN ${stripped} ELSE substr(${number}, 2) END`;
}

interface ForeignPrefixes {
  /** Of numbers that have a national prefix behind their calling code. */
  readonly test: string;
  /** Their plus, code and prefix; and what is kept of these. */
  readonly cut: string;
  readonly kept: string;
}

let foreign: ForeignPrefixes | undefined;

function foreignPrefixes(): ForeignPrefixes {
  foreign ??= compileForeign(callingCodes().map(internationalPlan));
  return foreign;
}

/** Calling codes with the same national prefix, and within these with the same lengths, are one alternative. */
function compileForeign(plans: readonly PhonePlan[]): ForeignPrefixes {
  const prefixed = plans.filter(({ nationalPrefix }) => nationalPrefix !== undefined);
  const tests = together(prefixed, ({ nationalPrefix, lengths }) => `${nationalPrefix}(?:${lengthPattern(lengths)})`);
  const cuts = together(prefixed, ({ nationalPrefix }) => nationalPrefix!);
  return {
    test: `^\\+(?:${tests.map(({ key, codes }) => `(?:${codes})${key}`).join('|')})$`,
    cut: `^\\+(?:${cuts.map(({ key, codes }) => `(${codes})${key}`).join('|')})`,
    kept: cuts.map((_, group) => `\\${group + 1}`).join(''),
  };
}

/** The calling codes of plans that have the same key, as alternatives. */
function together(plans: readonly PhonePlan[], keyOf: (plan: PhonePlan) => string) {
  const keys = [...new Set(plans.map(keyOf))];
  return keys.map((key) => ({
    key,
    codes: plans
      .filter((plan) => keyOf(plan) === key)
      .map(({ callingCode }) => callingCode)
      .join('|'),
  }));
}

function lengthPattern(lengths: readonly number[]): string {
  return [...lengths.map((length) => `\\d{${length}}`), `\\d{${lengths.at(-1)! + 1},}`].join('|');
}

function isDigits(pattern: string): boolean {
  return /^\d+$/.test(pattern);
}

/** How many groups a pattern captures. */
function groupsOf(pattern: string): number {
  return new RegExp(`${pattern}|`).exec('')!.length - 1;
}
