import { identityFields } from '../identity/records/fields';
import type {
  DateMapping,
  EventMapping,
  FieldMapping,
  ProfileMapping,
  Source,
  TimeMapping,
} from '../../schemas/source';
import { noRowsOf } from '../lake/tables';
import { duckDbDialect } from '../sql/duckdb-dialect';
import { identifier, literal } from '../sql/quote';

/**
 * A source's mapping compiled to SQL (DuckDB, which reads the files in every engine room) over a relation `raw` with
 * the column `_row` (ordinal in the file), `_raw` (the row as it came) and the file's columns.
 */
export interface MappingSql {
  /** Gives `_row`, `_raw`, `_reason` (null for a good row), the event's columns (`e_…`) and the profile's (`p_…`). */
  readonly mapped: string;
  /** Events of the good rows, with the columns of the lake's table. */
  readonly events: string;
  /** Profiles of the good rows, with the columns of the lake's table. */
  readonly profiles: string;
}

/** The columns a mapping names, which a file must have. */
export function requiredColumns(source: Source): string[] {
  const mappings = [source.events, source.profiles].filter((mapping) => mapping !== undefined);
  const named = mappings.flatMap(fieldsOf).map(columnOf);
  return [...new Set([...source.columns, ...named.filter((column) => column !== undefined)])];
}

function fieldsOf(mapping: EventMapping | ProfileMapping): (FieldMapping | TimeMapping | DateMapping | undefined)[] {
  const fields = Object.entries(mapping).filter(([name]) => name !== 'when' && name !== 'attributes');
  return [...fields.map(([, field]) => field as FieldMapping), ...Object.values(mapping.attributes ?? {})];
}

function columnOf(field: FieldMapping | TimeMapping | DateMapping | undefined): string | undefined {
  if (typeof field === 'string') return field;
  return field !== undefined && 'column' in field ? field.column : undefined;
}

/** Compiles the mapping for one file; `file` is the path that lineage columns carry. */
export function mappingSql(source: Source, file: string): MappingSql {
  const expressions = new Expressions(source);
  const parts = [...eventParts(source, expressions), ...profileParts(source, expressions)];
  const columns = parts.map(({ name, sql }) => `${sql} AS ${name}`);
  const isEvent = whenSql(source.events);
  const isProfile = whenSql(source.profiles);
  const reasons = parts.flatMap(({ name, problem, of }) =>
    problem === undefined ? [] : [`CASE WHEN _is_${of} AND ${name} IS NULL THEN ${problem} END`],
  );
  const reason = `NULLIF(concat_ws('; ',
    CASE WHEN NOT _is_event AND NOT _is_profile THEN 'the row is neither an event nor a profile' END,
    ${reasons.join(',\n    ')}), '')`;
  const fields = `SELECT *, ${isEvent} AS _is_event, ${isProfile} AS _is_profile, ${columns.join(',\n  ')} FROM raw`;
  return {
    mapped: `SELECT _row, _raw, ${reason} AS _reason, _is_event, _is_profile, ${parts.map((part) => part.name).join(', ')}
FROM (${fields})`,
    events: eventsSelect(source, file),
    profiles: profilesSelect(source, file),
  };
}

interface Part {
  readonly of: 'event' | 'profile';
  readonly name: string;
  readonly sql: string;
  /** SQL text saying what is wrong when the value is null; absent for optional fields. */
  readonly problem?: string;
}

/** What a profile tells as text: all but the date of birth. */
const PROFILE_TEXTS = identityFields.filter((field) => field !== 'birth_date');

function eventParts(source: Source, of: Expressions): Part[] {
  const { events } = source;
  if (events === undefined) return [];
  // Rows without an id of their own get one from their content and their occurrence among equal rows of the file.
  const contentId = `md5(_raw) || '-' || row_number() OVER (PARTITION BY md5(_raw) ORDER BY _row)`;
  return [
    { of: 'event', name: 'e_id', ...(events.id === undefined ? { sql: contentId } : required(of, 'id', events.id)) },
    { of: 'event', name: 'e_type', ...required(of, 'type', events.type) },
    { of: 'event', name: 'e_channel', ...required(of, 'channel', events.channel) },
    { of: 'event', name: 'e_time', ...requiredTime(of, 'time', events.time) },
    { of: 'event', name: 'e_profile', ...required(of, 'profile', events.profile) },
    { of: 'event', name: 'e_attributes', sql: of.attributes(events.attributes) },
  ];
}

function profileParts(source: Source, of: Expressions): Part[] {
  const { profiles } = source;
  if (profiles === undefined) return [];
  return [
    { of: 'profile', name: 'p_id', ...required(of, 'profile id', profiles.id) },
    { of: 'profile', name: 'p_seen_at', ...requiredTime(of, 'seen_at', profiles.seen_at) },
    ...PROFILE_TEXTS.map((field): Part => ({ of: 'profile', name: `p_${field}`, sql: of.field(profiles[field]) })),
    { of: 'profile', name: 'p_birth_date', sql: of.date(profiles.birth_date) },
    { of: 'profile', name: 'p_attributes', sql: of.attributes(profiles.attributes) },
  ];
}

function required(of: Expressions, what: string, field: FieldMapping): Pick<Part, 'sql' | 'problem'> {
  return { sql: of.field(field), problem: problemSql(what, of.shown(field)) };
}

function requiredTime(of: Expressions, what: string, time: TimeMapping): Pick<Part, 'sql' | 'problem'> {
  return { sql: of.time(time), problem: problemSql(what, of.shown(time)) };
}

/** "time: missing" or "time: cannot use "31.02.2026"". */
function problemSql(what: string, shown: string): string {
  return `${literal(`${what}: `)} || coalesce('cannot use "' || left(${shown}, 100) || '"', 'missing')`;
}

function whenSql(mapping: EventMapping | ProfileMapping | undefined): string {
  if (mapping === undefined) return 'false';
  return mapping.when === undefined ? 'true' : `coalesce(TRY((${mapping.when})::BOOLEAN), false)`;
}

function eventsSelect(source: Source, file: string): string {
  if (source.events === undefined) return noRowsOf('events', duckDbDialect);
  return `SELECT e_id AS event_id, ${literal(source.name)} AS source, e_type AS type, e_channel AS channel,
  e_time AS occurred_at, ${profileId(knownBy(source), 'e_profile')} AS profile_id, e_attributes AS attributes,
  ${literal(file)} AS file, _row AS file_row
FROM mapped WHERE _reason IS NULL AND _is_event`;
}

/**
 * What the rows say of profiles, and for events of people of whom they say nothing, a profile with only its id. Such a
 * profile has no content, and an empty hash.
 */
function profilesSelect(source: Source, file: string): string {
  const bare = `SELECT ${profileColumns(knownBy(source), 'e_profile', 'e_time')}, ${literal(file)} AS file, _row AS file_row
FROM mapped WHERE _reason IS NULL AND _is_event`;
  if (source.profiles === undefined) return bare;
  const content = [...PROFILE_TEXTS.map((field) => `p_${field}`), 'p_birth_date::VARCHAR', 'p_attributes'];
  const joined = content.map((column) => `coalesce(${column}, '')`).join(` || chr(31) || `);
  const isBare = `coalesce(${content.join(', ')}) IS NULL`;
  const told = `SELECT ${profileColumns(source.name, 'p_id', 'p_seen_at', {
    content_hash: `CASE WHEN ${isBare} THEN '' ELSE md5(${joined}) END`,
    birth_date: 'p_birth_date',
    attributes: 'p_attributes',
    ...Object.fromEntries(PROFILE_TEXTS.map((field) => [field, `p_${field}`])),
  })}, ${literal(file)} AS file, _row AS file_row
FROM mapped WHERE _reason IS NULL AND _is_profile`;
  if (source.events === undefined) return told;
  if (knownBy(source) !== source.name) return `${told} UNION ALL ${bare}`;
  return `${told} UNION ALL ${bare} AND NOT (_is_profile AND p_id = e_profile)`;
}

function profileColumns(
  source: string,
  id: string,
  seenAt: string,
  told: Readonly<Record<string, string>> = {},
): string {
  const field = (name: string, type = 'VARCHAR') => `${told[name] ?? `NULL::${type}`} AS ${name}`;
  return `${profileId(source, id)} AS profile_id, ${literal(source)} AS source, ${id} AS external_id,
  ${PROFILE_TEXTS.map((name) => field(name)).join(', ')}, ${field('birth_date', 'DATE')}, ${field('attributes')},
  ${told['content_hash'] ?? `''`} AS content_hash, ${seenAt} AS seen_at`;
}

/** A profile's id names its source, since two systems may use the same number for different people. */
function profileId(source: string, external: string): string {
  return `${literal(`${source}:`)} || ${external}`;
}

/** The source that knows the people of the events. */
function knownBy({ name, events }: Source): string {
  return events?.profile_source ?? name;
}

/** Times outside are typing errors (year 0026, 9999-12-31 as "never"), not interactions. */
const PLAUSIBLE = `BETWEEN TIMESTAMP '1970-01-02' AND TIMESTAMP '2199-12-31'`;
const OFFSET = `'(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$'`;

/** Field mappings as SQL. A value that cannot be read becomes null; the caller says whether that is a problem. */
class Expressions {
  constructor(private readonly source: Source) {}

  field(field: FieldMapping | undefined): string {
    if (field === undefined) return 'NULL::VARCHAR';
    if (typeof field === 'string') return this.text(identifier(field));
    if ('value' in field) return literal(field.value);
    if ('sql' in field) return this.text(`TRY((${field.sql})::VARCHAR)`);
    const column = this.text(identifier(field.column));
    if (field.map === undefined) return column;
    const cases = Object.entries(field.map).map(([from, to]) => `WHEN ${literal(from)} THEN ${literal(to)}`);
    return cases.length === 0 ? column : `CASE ${column} ${cases.join(' ')} END`;
  }

  time(time: TimeMapping): string {
    const value = time.column === undefined ? `TRY(${time.sql})` : identifier(time.column);
    const utc = this.utc(time, value);
    return `CASE WHEN TRY(${utc}) ${PLAUSIBLE} THEN TRY(${utc}) END`;
  }

  date(date: DateMapping | undefined): string {
    if (date === undefined) return 'NULL::DATE';
    if (typeof date === 'string') return `TRY_CAST(${identifier(date)} AS DATE)`;
    if ('sql' in date) return `TRY((${date.sql})::DATE)`;
    const column = identifier(date.column);
    if (date.format === undefined) return `TRY_CAST(${column} AS DATE)`;
    return `TRY_CAST(try_strptime(${column}::VARCHAR, ${literal(date.format)}) AS DATE)`;
  }

  attributes(attributes: Readonly<Record<string, FieldMapping>> | undefined): string {
    if (attributes === undefined) return 'NULL::VARCHAR';
    const pairs = Object.entries(attributes).map(([name, field]) => `${literal(name)}, ${this.field(field)}`);
    // Merging into an empty object drops the nulls.
    return `json_merge_patch('{}', json_object(${pairs.join(', ')}))::VARCHAR`;
  }

  /** The value as it came, for the message about it. */
  shown(field: FieldMapping | TimeMapping): string {
    const column = columnOf(field);
    return column === undefined ? 'NULL' : this.text(identifier(column));
  }

  private text(sql: string): string {
    return `NULLIF(trim(${sql}::VARCHAR), '')`;
  }

  private utc({ epoch, format, zone }: TimeMapping, value: string): string {
    if (epoch !== undefined) {
      const micros = { seconds: 1_000_000, milliseconds: 1_000, microseconds: 1 }[epoch];
      return `make_timestamp((TRY_CAST(${value} AS DOUBLE) * ${micros})::BIGINT)`;
    }
    if (format !== undefined) {
      const parsed = `try_strptime(trim(${value}::VARCHAR), ${literal(format)})`;
      return zone === 'offset-in-value' ? `timezone('UTC', (${parsed})::TIMESTAMPTZ)` : zoned(parsed, zone ?? 'UTC');
    }
    const isText = this.source.format !== 'parquet';
    const hasOffset = isText ? `regexp_matches(trim(${value}::VARCHAR), ${OFFSET})` : 'true';
    if (zone === 'offset-in-value') {
      return `CASE WHEN ${hasOffset} THEN timezone('UTC', TRY_CAST(${value} AS TIMESTAMPTZ)) END`;
    }
    // A value with an offset where a zone was declared contradicts the mapping: not read rather than read wrongly.
    const parsed = zoned(`TRY_CAST(${value} AS TIMESTAMP)`, zone ?? 'UTC');
    return isText ? `CASE WHEN ${hasLocalOffset(value)} THEN NULL ELSE ${parsed} END` : parsed;
  }
}

/** Whether a text like "2026-01-31 10:00:00+02" carries an offset; the date's own "-31" is none. */
function hasLocalOffset(value: string): string {
  return `regexp_matches(trim(${value}::VARCHAR), '[0-9]{2}:[0-9]{2}.*(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$')`;
}

/** A local time of a zone as UTC. */
function zoned(timestamp: string, zone: string): string {
  return `timezone('UTC', timezone(${literal(zone)}, ${timestamp}))`;
}
