import type { FieldKind, FieldRole, LinkageField } from '../../schemas/linkage';

/** A column of a file with some of its values. */
export interface SampledColumn {
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** Fewer different values than this, and a column tells groups of people apart rather than people. */
const CATEGORY_VALUES = 60;
const MOST_FIELDS = 16;
/** Where a record comes from, and what groups records already. */
const NOT_OF_A_PERSON = /(^|_)(source|household|cluster|entity|label|truth|group)(_|$)/i;

/**
 * What the columns of a file hold, by their names and, where these say nothing, by their values. Columns that say nothing
 * of a person (sources, empty ones) are left out.
 */
export function inferFields(columns: readonly SampledColumn[]): LinkageField[] {
  return columns
    .map(({ name, values }) => ({ name, values: values.filter((value) => value !== null && value.trim() !== '') }))
    .filter(({ name, values }) => values.length > 0 && !NOT_OF_A_PERSON.test(name))
    .map(({ name, values }) => {
      const kind = kindOf(name.toLowerCase(), values as string[]);
      return { column: name, kind, role: roleOf(name.toLowerCase(), kind) };
    })
    .slice(0, MOST_FIELDS);
}

function kindOf(name: string, values: readonly string[]): FieldKind {
  const mostly = (test: RegExp, share = 0.8) =>
    values.filter((value) => test.test(value.trim())).length > share * values.length;
  return kindByName(name, mostly) ?? kindByValues(values, mostly);
}

type Mostly = (test: RegExp, share?: number) => boolean;

const DATE = /^(\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}|(18|19|20)\d{6})$/;

function kindByName(name: string, mostly: Mostly): FieldKind | undefined {
  if (/e_?-?mail/.test(name) || mostly(/@/, 0.7)) return 'email';
  if (/dob|birth|date/.test(name) || mostly(DATE)) return 'date';
  if (/phone|mobile|(^|_)tel(_|$)|cell|msisdn/.test(name)) return 'phone';
  if (/zip|post_?al|post_?code|(^|_)plz(_|$)/.test(name)) return 'postcode';
  if (/sur_?name|(first|given|last|family|middle|maiden|fore|full|nick)_?name|^name$/.test(name)) return 'name';
  if (/(street|house|building)_?(num|no|nr)/.test(name)) return 'number';
  if (/street|addr/.test(name)) return 'street';
  if (/city|town|suburb|county|district|birth_?place/.test(name)) return 'city';
  if (/state|country|gender|^sex$|title|occupation/.test(name)) return 'category';
  if (/(^|_)id$|ssn|soc_sec|tax|device|imei|account|passport|licen[cs]e|number$|_no$/.test(name)) return 'code';
  return undefined;
}

function kindByValues(values: readonly string[], mostly: Mostly): FieldKind {
  if (mostly(/^[a-z]*[\d\s()+./-]{6,}[a-z\d]*$/i)) return 'code';
  return new Set(values).size < CATEGORY_VALUES ? 'category' : 'text';
}

function roleOf(name: string, kind: FieldKind): FieldRole {
  if (kind === 'phone' || /last|sur|family|device|account/.test(name)) return 'household';
  const isPlace = ['street', 'postcode', 'city', 'number', 'category'].includes(kind);
  return isPlace ? 'place' : 'personal';
}
