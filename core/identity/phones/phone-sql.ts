import { literal } from '../../sql/quote';
import { callingCodes, internationalPlan, phonePlan, type PhonePlan } from './phone-plans';

/**
 * A phone number's digits with the calling code of its country, in DuckDB's SQL: however it is written (+47…, 0047…, as dialled
 * within the country, with brackets, an extension), it is the same text. What is no number is its digits; no text at
 * all is a number of one digit again and again.
 *
 * It does what libphonenumber does (`parsePhoneNumber` of libphonenumber-js 1.13, whose plans it reads), which would take a
 * second for 70,000 values. The plan of the default country is followed to the letter. Of numbers of other countries, only the nought
 * that many dial before their own is taken off behind the calling code (+43 0664…): a statement of all plans would take
 * longer to compile than a single profile may take.
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
    ...(plan === undefined ? [] : [(value: string) => withOwnPlus(value, plan)]),
    (value) => `CASE WHEN ${isNone(value)} THEN '' ${numberCases(value, plan)} END`,
  ];
}

/** Marks between digits that most numbers have, if any. */
const MARKS = '[ \\-()./_\u00a0]+';
const IS_PLAIN = literal('\\+?[0-9]+');

function withoutMarks(value: string): string {
  const plain = `regexp_replace(${value}, ${literal(MARKS)}, '', 'g')`;
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

/** With a plus before what begins with the calling code, and is a number only without it. */
function withOwnPlus(number: string, plan: PhonePlan): string {
  const { callingCode, prefixForParsing = '', lengths } = plan;
  // What is dialled before numbers is the same as the code: it is taken off in any case.
  if (callingCode === prefixForParsing) return number;
  const rest = `substr(${number}, ${callingCode.length + 1})`;
  const mayHavePrefix = !isDigits(prefixForParsing) || callingCode.startsWith(prefixForParsing);
  const whole = mayHavePrefix ? significantSql(number, plan) : number;
  const isCode = `(NOT ${mayHavePrefix ? isValidWithout(number, plan) : isValid(number, plan)} AND ${isValidWithout(rest, plan)})`;
  const isTooLong = `length(${whole}) > ${lengths.at(-1)!}`;
  return `CASE WHEN starts_with(${number}, '${callingCode}') AND (${isCode} OR ${isTooLong}) THEN '+' || ${number} ELSE ${number} END`;
}

function numberCases(number: string, plan: PhonePlan | undefined): string {
  if (plan === undefined) {
    return `WHEN starts_with(${number}, '+') THEN ${foreignSql(number)} ELSE ltrim(${number}, '0')`;
  }
  const { callingCode } = plan;
  const own = significantSql(`substr(${number}, ${callingCode.length + 2})`, internationalPlan(callingCode));
  return `WHEN starts_with(${number}, '+${callingCode}') THEN '${callingCode}' || ${own}
    WHEN starts_with(${number}, '+') THEN ${foreignSql(number)}
    WHEN length(${number}) > 1 THEN '${callingCode}' || ${significantSql(number, plan)}
    ELSE ${number}`;
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

/** The same as whether it is valid without national prefix, in fewer words. */
function isValidWithout(number: string, plan: PhonePlan): string {
  const { prefixForParsing, transform } = plan;
  if (prefixForParsing === undefined) return isValid(number, plan);
  const rest = withoutPrefix(number, prefixForParsing, transform);
  return `(${isValid(number, plan)} OR (${startsWith(number, prefixForParsing)} AND ${isValid(rest, plan)}))`;
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

/** Fewer digits behind a nought are no number without it. */
const LEAST_DIGITS = 5;

/** A number of another country, which begins with a plus: without the nought of those that dial one before all their numbers. */
function foreignSql(number: string): string {
  noughtCodes ??= callingCodes()
    .filter((code) => internationalPlan(code).nationalPrefix === '0')
    .join('|');
  const pattern = literal(`^\\+(${noughtCodes})0(\\d{${LEAST_DIGITS},})$`);
  return `replace(regexp_replace(${number}, ${pattern}, '\\1\\2'), '+', '')`;
}

let noughtCodes: string | undefined;

function isDigits(pattern: string): boolean {
  return /^\d+$/.test(pattern);
}

/** How many groups a pattern captures. */
function groupsOf(pattern: string): number {
  return new RegExp(`${pattern}|`).exec('')!.length - 1;
}
