import type { DateOrder, FieldKind, LinkageField, LinkageSettings } from '../../../schemas/linkage';
import { identifier, literal } from '../../sql/quote';
import { phoneStages } from '../phones/phone-sql';
import { fieldKinds, PIECE_BYTES } from './field-kinds';

/** Settings that tell what a value is once it is normalised. */
export type Normalisation = Pick<LinkageSettings, 'fields' | 'country'>;

/**
 * The different values of a field, each once, as numbers and pieces of text: `raw` (the hash of the value as it is, by
 * which `rawHashesSql` refers to it), `code` (a hash of the normalised value, 0 for none), `text_p` (its bytes,
 * `PIECE_BYTES` at a time), and `key_k` (hashes of the coarser keys of its kind). Normalising values once, not once a
 * record, takes a third of the time.
 *
 * @param relation what to select from, as DuckDB has it
 */
export function valuesSql(relation: string, field: LinkageField, { country }: Pick<Normalisation, 'country'>): string {
  const { column, kind } = field;
  const name = identifier(column);
  const told = `SELECT hash(value) AS raw, value
FROM (SELECT DISTINCT ${name}::VARCHAR AS value FROM ${relation} WHERE ${name} IS NOT NULL) AS told`;
  const known = stagesOf(field, country).reduce(
    (from, stage) => `SELECT raw, ${stage('value')} AS value FROM (${from}) AS stage`,
    told,
  );
  return `SELECT ${['raw', ...valueColumns('value', kind)].join(',\n  ')} FROM (${known}) AS known`;
}

/**
 * The same of some records, field after field, without `raw`: where there are so few that values do not repeat.
 *
 * @param relation what to select from, as DuckDB has it
 */
export function recordsSql(relation: string, { fields, country }: Normalisation): string {
  const values = fields.map(({ column }, field) => `${told(column)} AS value_${field}`);
  const stages = fields.map((field) => stagesOf(field, country));
  let known = `SELECT ${values.join(', ')} FROM ${withoutRepeatedNames(relation, fields)}`;
  for (let stage = 0; stages.some((own) => stage < own.length); stage++) {
    const next = stages.map((own, field) => `${own[stage]?.(`value_${field}`) ?? `value_${field}`} AS value_${field}`);
    known = `SELECT ${next.join(',\n  ')} FROM (${known}) AS stage`;
  }
  const columns = fields.flatMap(({ kind }, field) => valueColumns(`value_${field}`, kind));
  return `SELECT ${columns.join(',\n  ')} FROM (${known}) AS known`;
}

/** A normalised value's code, the pieces of its text, and its coarser keys. */
function valueColumns(value: string, kind: FieldKind): string[] {
  return [
    `${hashSql(value)} AS code`,
    ...piecesOf(kind).map((piece) => {
      const from = piece * PIECE_BYTES;
      return `coalesce(encode(${textSql(value, kind)})[${from + 1}:${from + PIECE_BYTES}], ''::BLOB) AS text_${piece}`;
    }),
    ...keysSql(kind, value).map((key, number) => `${hashSql(key)} AS key_${number}`),
  ];
}

/** What of a value is compared letter by letter: of a phone number the end, which differs between people. */
function textSql(value: string, kind: FieldKind): string {
  return kind === 'phone' ? `right(${value}, ${fieldKinds[kind].width})` : value;
}

/** The hash of every field's value, record by record in their order; that of no value is among no field's values. */
export function rawHashesSql(relation: string, fields: readonly LinkageField[]): string {
  const hashes = fields.map(({ column }, index) => `hash(${told(column)}) AS raw_${index}`);
  return `SELECT ${hashes.join(', ')} FROM ${relation}`;
}

/** The same records without full names of which other fields have every word: they would be evidence a second time. */
export function withoutRepeatedNames(relation: string, fields: readonly LinkageField[]): string {
  const names = fields.filter(({ kind }) => kind === 'name').map(({ column }) => normalisedSql(told(column), 'name'));
  const full = fields.filter(({ kind }) => kind === 'fullname');
  if (names.length === 0 || full.length === 0) return relation;
  const isNew = names.map((name) => `NOT coalesce(contains(${name}, word), false)`).join(' AND ');
  const replaced = full.map(({ column }) => {
    const words = `string_split(${normalisedSql(told(column), 'fullname')}, ' ')`;
    return `CASE WHEN len(list_filter(${words}, lambda word: ${isNew})) > 0 THEN ${told(column)} END AS ${identifier(column)}`;
  });
  return `(SELECT * REPLACE (${replaced.join(', ')}) FROM ${relation}) AS records`;
}

function told(column: string): string {
  return `${identifier(column)}::VARCHAR`;
}

function normalisedSql(value: string, kind: PlainKind): string {
  return normalisers[kind](`trim(${value})`);
}

/** What is made of a value, one after the other: each is a column of a query of its own, for those that follow name it often. */
function stagesOf({ kind, order }: LinkageField, country: string | undefined): ((value: string) => string)[] {
  const known = (value: string) => knownSql(value, kind);
  if (kind === 'date') return [(value) => dateDigits(`trim(${value})`, order), known];
  if (kind !== 'phone') return [(value) => normalisedSql(value, kind), known];
  return [(value) => `trim(${value})`, ...phoneStages(country), known];
}

/** The pieces that a kind's text is read in. */
export function piecesOf(kind: FieldKind): number[] {
  return Array.from({ length: fieldKinds[kind].width / PIECE_BYTES }, (_, piece) => piece);
}

/** 32 bits of a hash: equal values are equal, and unequal ones nearly always unequal; 0 for none. */
function hashSql(value: string): string {
  return `CASE WHEN ${value} IS NULL THEN 0 ELSE greatest(1, hash(${value}) & 4294967295) END::UINTEGER`;
}

/** A value, or NULL for one that stands for none. Not with IN: of a long list DuckDB makes a join, and loses the order. */
function knownSql(value: string, kind: FieldKind): string {
  const placeholders = ['', ...(placeholderValues[kind] ?? [])].map(literal).join(', ');
  return `CASE WHEN NOT list_contains([${placeholders}], ${value}) THEN ${value} END`;
}

/** What people and systems write when they know nothing, after normalisation. */
const placeholderValues: Readonly<Partial<Record<FieldKind, readonly string[]>>> = {
  name: ['unknown', 'none', 'null', 'na', 'test', 'anonymous'],
  date: ['19000101', '18000101', '19700101', '00010101', '00000000', '99991231'],
  email: ['test@test.com', 'none@none.com', 'noreply@example.com', 'na@na.com', 'unknown@unknown.com'],
  code: ['unknown', 'none', 'null', 'na', '000000000', '999999999'],
};

/** Kinds whose values are normalised alike in every file. */
type PlainKind = Exclude<FieldKind, 'phone' | 'date'>;

/** Equal values become equal text. */
const normalisers: Readonly<Record<PlainKind, (value: string) => string>> = {
  name: (value) => without(folded(value), " -'.,"),
  fullname: words,
  // An address and its tagged forms (name+shop@…) reach the same person.
  email: (value) =>
    `CASE WHEN contains(${value}, '+') THEN regexp_replace(lower(${value}), '\\+[^@]*@', '@') ELSE lower(${value}) END`,
  code: (value) => without(`lower(${value})`, ' -./'),
  postcode: (value) => without(`lower(${value})`, ' -'),
  street: (value) => shortStreet(without(folded(value), ".,'")),
  city: (value) => without(folded(value), " -'."),
  number: (value) => without(`lower(${value})`, ' -./'),
  category: folded,
  text: words,
};

/** Words with one space between them. */
function words(value: string): string {
  return `trim(regexp_replace(${folded(value)}, '[^\\p{L}\\p{N}]+', ' ', 'g'))`;
}

/** A text without some characters: one expression takes a third of the time of one `replace` each. */
function without(value: string, characters: string): string {
  const set = characters.replace('-', '\\-');
  return `regexp_replace(${value}, ${literal(`[${set}]+`)}, '', 'g')`;
}

/** Lower case without accents; German sharp s spelt out. */
function folded(value: string): string {
  return `replace(strip_accents(lower(${value})), 'ß', 'ss')`;
}

/** Words for streets by their abbreviations: one expression, whose groups keep the letters that both have. */
function shortStreet(value: string): string {
  const words =
    '(st)(?:reet|r|rasse)?|(r)(?:oa)?d|(av)(?:enue|e)?|(l)(?:a)?n(?:e)?|(dr)(?:ive)?|(c)(?:our)?t|(cl)(?:ose)?|(pl)(?:ace|atz)?|(w)(?:a)?y';
  return `regexp_replace(${value}, '\\b(?:${words})\\b', '\\1\\2\\3\\4\\5\\6\\7\\8\\9', 'g')`;
}

/**
 * Eight digits, year first, from ISO dates, from dates that end in the year, and from eight digits; of anything else its digits.
 *
 * @param order of day and month where the year is last; a part above 12 is the day whatever it says
 */
function dateDigits(value: string, order: DateOrder | undefined): string {
  const part = (pattern: string, group: number) => `lpad(regexp_extract(${value}, '${pattern}', ${group}), 2, '0')`;
  const iso = '^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})';
  const yearLast = '^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})';
  const [first, second] = [part(yearLast, 1), part(yearLast, 2)];
  const isMonthFirst = order === 'month/day/year' ? `${first} <= '12'` : `${second} > '12'`;
  return `CASE
    WHEN ${value} LIKE '____-__-__' THEN replace(${value}, '-', '')
    WHEN regexp_matches(${value}, '${iso}') THEN regexp_extract(${value}, '${iso}', 1) || ${part(iso, 2)} || ${part(iso, 3)}
    WHEN regexp_matches(${value}, '${yearLast}') THEN regexp_extract(${value}, '${yearLast}', 3)
      || CASE WHEN ${isMonthFirst} THEN ${first} || ${second} ELSE ${second} || ${first} END
    ELSE regexp_replace(${value}, '[^0-9]', '', 'g') END`;
}

/** Expressions for the keys of `fieldKinds`, in their order. */
function keysSql(kind: FieldKind, value: string): string[] {
  switch (kind) {
    case 'name':
    case 'text':
      return [`CASE WHEN length(${value}) > 1 THEN substr(${value}, 1, 3) END`];
    case 'fullname':
      return [
        `split_part(${value}, ' ', 1)`,
        `split_part(${value}, ' ', -1)`,
        `array_to_string(list_sort(string_split(${value}, ' ')), ' ')`,
        `CASE WHEN length(${value}) > 1 THEN substr(${value}, 1, 3) END`,
      ];
    case 'postcode':
      return [`CASE WHEN length(${value}) > 4 THEN left(${value}, -2) END`];
    case 'date':
      return [`substr(${value}, 1, 6)`, `substr(${value}, 5)`];
    case 'email':
      return [`split_part(${value}, '@', 1)`];
    default:
      return [];
  }
}
