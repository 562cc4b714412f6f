import { z } from 'zod';

const columnName = z.string().min(1);

/** An IANA time zone that this machine's calendar knows. */
export const timeZone = z.string().refine(isTimeZone, {
  error: (issue) => `"${String(issue.input)}" is not a time zone (expected e.g. "Europe/Berlin")`,
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Where a canonical field comes from: a column's name, a column translated by a table of values, a constant, or a SQL
 * expression over the file's columns (all text for csv and ndjson, the file's own types for parquet).
 */
export const fieldMapping = z.union([
  columnName,
  z.strictObject({ column: columnName, map: z.record(z.string(), z.string()).optional() }),
  z.strictObject({ value: z.string() }),
  z.strictObject({ sql: z.string().min(1) }),
]);

/**
 * Where a time or date comes from. `format` is a strptime pattern (ISO 8601 when left out), `epoch` the unit of a number.
 * `zone` is required unless the value itself carries an offset: say `zone: offset-in-value` then. Nothing is assumed.
 */
export const timeMapping = z
  .strictObject({
    column: columnName.optional(),
    sql: z.string().min(1).optional(),
    format: z.string().min(1).optional(),
    epoch: z.enum(['seconds', 'milliseconds', 'microseconds']).optional(),
    zone: z.union([z.literal('offset-in-value'), timeZone]).optional(),
  })
  .refine((time) => (time.column === undefined) !== (time.sql === undefined), { error: 'give either column or sql' })
  .refine((time) => time.epoch !== undefined || time.zone !== undefined, {
    error: 'give zone (e.g. Europe/Berlin, UTC, or offset-in-value): time zones are never assumed',
    path: ['zone'],
  });

export const dateMapping = z.union([
  columnName,
  z.strictObject({ column: columnName, format: z.string().min(1).optional() }),
  z.strictObject({ sql: z.string().min(1) }),
]);

const attributes = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case'), fieldMapping);

export const profileMapping = z.strictObject({
  /** Only rows for which this SQL condition holds yield a profile. */
  when: z.string().min(1).optional(),
  id: fieldMapping,
  seen_at: timeMapping,
  given_name: fieldMapping.optional(),
  family_name: fieldMapping.optional(),
  birth_date: dateMapping.optional(),
  email: fieldMapping.optional(),
  phone: fieldMapping.optional(),
  street: fieldMapping.optional(),
  postcode: fieldMapping.optional(),
  city: fieldMapping.optional(),
  account_id: fieldMapping.optional(),
  attributes: attributes.optional(),
});

export const eventMapping = z.strictObject({
  /** Only rows for which this SQL condition holds yield an event. */
  when: z.string().min(1).optional(),
  /** CloudEvents `id`. Left out: a hash of the row and its occurrence among equal rows of the file. */
  id: fieldMapping.optional(),
  type: fieldMapping,
  channel: fieldMapping,
  time: timeMapping,
  /** The id under which the source knows the person. */
  profile: fieldMapping,
  /** The source that knows the person by it, where that is another one: such as crm, whose customers' numbers an agent's desktop tells. */
  profile_source: z.string().min(1).optional(),
  attributes: attributes.optional(),
});

/** Where a stream is begun that was never read: with all that it still holds, or with what comes next. */
const streamStart = z.enum(['oldest', 'newest']).default('oldest');

/** A stream that the source's records come from, one JSON object each; they land in files of the hub's own. */
const kinesisStream = z.strictObject({
  /** The name of a Kinesis data stream. */
  kinesis: z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/, 'expected the name of a Kinesis data stream'),
  from: streamStart,
});

const kafkaStream = z.strictObject({
  /** The name of a topic. */
  kafka: z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,249}$/, 'expected the name of a Kafka topic'),
  from: streamStart,
});

/** Events that are posted to the API as CloudEvents: columns are their attributes, with `data` as JSON. */
const postedEvents = z.strictObject({
  /** Whose they are: what the attribute `source` is, or begins with where a `*` ends it. */
  cloudevents: z
    .array(
      z
        .string()
        .regex(/^[^*]*\*?$/, 'expected a "*" at the end alone')
        .min(1),
    )
    .min(1),
});

const stream = z.union([kinesisStream, kafkaStream, postedEvents]);

/** One file `sources/<name>.yaml`: where a system's exports lie, or which stream they come by, how to read them, what they mean. */
export const sourceSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected kebab-case'),
    title: z.string().min(1),
    /** Glob below the landing folder; `{date}` stands for a YYYY-MM-DD, and only files up to the business date are read. */
    files: z.string().min(1).optional(),
    stream: stream.optional(),
    /** Of files; what comes by a stream is ndjson. */
    format: z.enum(['csv', 'json', 'ndjson', 'parquet']).optional(),
    compression: z.enum(['auto', 'none', 'gzip', 'zstd']).default('auto'),
    csv: z
      .strictObject({
        delimiter: z.string().length(1).default(','),
        quote: z.string().length(1).default('"'),
        encoding: z.enum(['utf-8', 'latin-1', 'utf-16']).default('utf-8'),
      })
      .prefault({}),
    /** Columns that SQL expressions need beside those that mappings name. */
    columns: z.array(columnName).default([]),
    /** Above this share of bad rows nothing of the source lands. */
    maxBadShare: z.number().min(0).max(1).default(0.05),
    profiles: profileMapping.optional(),
    events: eventMapping.optional(),
  })
  .refine((source) => source.profiles !== undefined || source.events !== undefined, {
    error: 'map the rows to profiles, events or both',
  })
  .refine((source) => (source.files === undefined) !== (source.stream === undefined), {
    error: 'give either files or stream',
    path: ['files'],
  })
  .refine((source) => source.stream === undefined || source.format === undefined || source.format === 'ndjson', {
    error: 'records of a stream are JSON objects: leave it out',
    path: ['format'],
  })
  .refine((source) => source.stream !== undefined || source.format !== undefined, {
    error: 'expected csv, json, ndjson or parquet',
    path: ['format'],
  })
  .refine((source) => source.stream === undefined || source.events === undefined || source.events.id !== undefined, {
    error: 'records of a stream may come twice: map the id that tells them apart',
    path: ['events', 'id'],
  })
  .transform(({ files, format, ...source }) => ({
    ...source,
    files: files ?? `${segmentsFolder(source.name)}*.ndjson`,
    format: format ?? ('ndjson' as const),
  }));

/** The sources that come by a stream, which is read. */
export function streamedAmong(sources: readonly Source[]): StreamedSource[] {
  return sources.filter(
    (source): source is StreamedSource => source.stream !== undefined && !('cloudevents' in source.stream),
  );
}

/** The sources that are posted to the API. */
export function postedAmong(sources: readonly Source[]): PostedSource[] {
  return sources.filter(
    (source): source is PostedSource => source.stream !== undefined && 'cloudevents' in source.stream,
  );
}

/** Where the records of a source's stream land, below the landing folder. */
export function segmentsFolder(source: string): string {
  return `streams/${source}/`;
}

export type FieldMapping = z.infer<typeof fieldMapping>;
export type TimeMapping = z.infer<typeof timeMapping>;
export type DateMapping = z.infer<typeof dateMapping>;
export type ProfileMapping = z.infer<typeof profileMapping>;
export type EventMapping = z.infer<typeof eventMapping>;
export type Source = z.infer<typeof sourceSchema>;
export type StreamedSource = Source & { readonly stream: z.infer<typeof kinesisStream> | z.infer<typeof kafkaStream> };
export type PostedSource = Source & { readonly stream: z.infer<typeof postedEvents> };
