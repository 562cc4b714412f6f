import type { FieldKind, FieldRole, LinkageField } from '../../../schemas/linkage';

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
  return withoutRepeating(columns)
    .map(({ name, values }) => ({ name, values: values.filter((value) => value !== null && value.trim() !== '') }))
    .filter(({ name, values }) => values.length > 0 && !NOT_OF_A_PERSON.test(name))
    .map(({ name, values }) => {
      const kind = kindOf(name.toLowerCase(), values as string[]);
      const order = kind === 'date' && isMonthFirst(values as string[]) ? { order: 'month/day/year' as const } : {};
      return { column: name, kind, role: roleOf(name.toLowerCase(), kind), ...order };
    })
    .slice(0, MOST_FIELDS);
}

function kindOf(name: string, values: readonly string[]): FieldKind {
  const mostly = (test: RegExp, share = 0.8) =>
    values.filter((value) => test.test(value.trim())).length > share * values.length;
  return kindByName(name, mostly) ?? kindByValues(values, mostly);
}

const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}/;

/** Whether more dates have a day in the second place than in the first: no month is above 12. */
function isMonthFirst(values: readonly string[]): boolean {
  const parts = values.map((value) => YEAR_LAST.exec(value.trim()));
  const days = (place: number) => parts.filter((part) => part !== null && Number(part[place]) > 12).length;
  return days(2) > days(1);
}

type Mostly = (test: RegExp, share?: number) => boolean;

const DATE = /^(\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}|(18|19|20)\d{6})$/;

/** What columns are called in the languages of Europe, the more special first. */
const KIND_NAMES: readonly (readonly [FieldKind, RegExp])[] = [
  ['city', /birth_?place|geburtsort/],
  ['email', /e_?-?mail|correo/],
  ['date', /dob|birth|date|geburt|datum|nascita|naissance|nacimiento|(^|_)fecha/],
  ['phone', /phone|mobile|(^|_)tel(_|$)|tele[fp]|cell|msisdn|handy|movil/],
  ['postcode', /zip|post_?al|post_?code|postnummer|(^|_)(plz|cap|cp)(_|$)/],
  [
    'name',
    /(first|given|last|family|middle|maiden|fore|full|nick|sur|vor|nach|familien)_?(and_)?(sur)?name|(^|_)[fl]_?name|^(name|nom|nome|nombre|prenom|prénom|cognome|imie|imię|nazwisko)$|apellido|fornamn|efternamn/,
  ],
  ['number', /(street|house|building|haus)_?(num|no|nr)/],
  ['street', /street|addr|stra(ss|ß)e|indirizzo|direccion|dirección|(^|_)(rue|calle|ulica|adres|gata)(_|$)/],
  ['city', /city|town|suburb|county|district|(^|_)(ort|stadt|ville|ciudad|citta|città|miasto|comune|plaats|stad)(_|$)/],
  ['category', /state|country|gender|sex|(^|_)title|occupation|province|region/],
  ['code', /(^|_)id$|ssn|soc_sec|tax|device|imei|account|passport|licen[cs]e|number$|_no$/],
];

function kindByName(name: string, mostly: Mostly): FieldKind | undefined {
  if (mostly(/@/, 0.7)) return 'email';
  const named = KIND_NAMES.find(([, pattern]) => pattern.test(name))?.[0];
  if (named === 'name' && !HOUSEHOLD_NAMES.test(name) && mostly(/\S\s+\S/, 0.5)) return 'fullname';
  return named ?? (mostly(DATE) ? 'date' : undefined);
}

function kindByValues(values: readonly string[], mostly: Mostly): FieldKind {
  if (mostly(/^[a-z]*[\d\s()+./-]{6,}[a-z\d]*$/i)) return 'code';
  if (new Set(values).size < CATEGORY_VALUES) return 'category';
  return mostly(/^\d+([.,]\d+)?$/) ? 'number' : 'text';
}

/** Names that families share, and what stands in a home. */
const HOUSEHOLD_NAMES =
  /(^|_)(last|sur_?|family|maiden|nach|familien|l)_?name|^(cognome|nom|nazwisko)$|apellido|efternamn|device|account/;

function roleOf(name: string, kind: FieldKind): FieldRole {
  if (kind === 'phone' || HOUSEHOLD_NAMES.test(name)) return 'household';
  const isPlace = ['street', 'postcode', 'city', 'number', 'category'].includes(kind);
  return isPlace ? 'place' : 'personal';
}

/** In this share of the rows a column must say nothing that the others do not say, to be left out. */
const REPEATING = 0.8;

/** Columns that put together what others say one by one (a full name) would count the same evidence twice. */
function withoutRepeating(columns: readonly SampledColumn[]): SampledColumn[] {
  const kept = [...columns];
  const byLength = [...columns].sort((a, b) => charactersOf(b) - charactersOf(a));
  for (const column of byLength) {
    const others = kept.filter((other) => other !== column);
    if (repeats(column, others)) kept.splice(kept.indexOf(column), 1);
  }
  return kept;
}

function charactersOf({ values }: SampledColumn): number {
  return values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}

function repeats({ values }: SampledColumn, others: readonly SampledColumn[]): boolean {
  let told = 0;
  let repeated = 0;
  values.forEach((value, row) => {
    const words = wordsOf(value);
    if (words.length < 2) return;
    told++;
    const known = new Set(others.flatMap((other) => wordsOf(other.values[row] ?? null)));
    if (words.every((word) => known.has(word))) repeated++;
  });
  return told > values.length / 2 && repeated >= REPEATING * told;
}

function wordsOf(value: string | null): string[] {
  return value?.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
