/** A statement of Athena's, as Trino would be told it. */
export interface Statement {
  readonly kind: 'DDL' | 'DML';
  readonly trino: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = { string: 'varchar', int: 'integer', timestamp: 'timestamp(6)' };

/**
 * Athena defines tables in Hive's words, which Trino refuses; all else is Trino's. Files that are not Iceberg's are read as
 * Athena reads them: a timestamp of theirs is refused, as it would be cut to milliseconds.
 */
export function athenaStatement(sql: string): Statement {
  const defined = DEFINITIONS.flatMap(({ pattern, toTrino }) => {
    const found = pattern.exec(sql);
    return found === null ? [] : [toTrino(found)];
  });
  if (defined[0] !== undefined) return { kind: 'DDL', trino: defined[0] };
  return { kind: 'DML', trino: [sql] };
}

const DEFINITIONS: readonly { pattern: RegExp; toTrino(found: RegExpExecArray): string[] }[] = [
  {
    pattern: /^CREATE DATABASE IF NOT EXISTS `(\w+)`$/,
    toTrino: ([, name]) => [`CREATE SCHEMA IF NOT EXISTS "${name}"`],
  },
  {
    pattern:
      /^CREATE TABLE IF NOT EXISTS (\S+) \((.*)\)\s+PARTITIONED BY \((\w+)\) LOCATION '([^']+)'\s+TBLPROPERTIES \('table_type'='ICEBERG'.*\)$/s,
    toTrino: ([, name, columns, part, location]) => [
      `CREATE TABLE IF NOT EXISTS ${named(name!)} (${typed(columns!)})
WITH (format = 'PARQUET', partitioning = ARRAY['${part}'], location = '${location}', max_commit_retry = 30)`,
    ],
  },
  {
    pattern: /^CREATE EXTERNAL TABLE (\S+) \((.*)\)\s+STORED AS PARQUET LOCATION '([^']+)'$/s,
    toTrino: ([, name, columns, location]) => {
      if (/ timestamp/.test(columns!)) throw new Error('a timestamp of a Hive table has milliseconds');
      return [
        `CREATE TABLE ${named(name!)} (${typed(columns!)}) WITH (format = 'PARQUET')`,
        `ALTER TABLE ${named(name!)} EXECUTE add_files(location => '${location}', format => 'PARQUET')`,
      ];
    },
  },
  {
    pattern:
      /^CREATE TABLE (\S+)\s+WITH \(table_type = 'ICEBERG', is_external = false, format = 'PARQUET', location = '([^']+)'\)\s+AS (.*)$/s,
    toTrino: ([, name, location, select]) => [
      `CREATE TABLE ${name} WITH (format = 'PARQUET', location = '${location}') AS ${select}`,
    ],
  },
  {
    pattern: /^ALTER TABLE (\S+) ADD COLUMNS \((.*)\)$/s,
    toTrino: ([, name, columns]) =>
      typed(columns!)
        .split(/, (?=")/)
        .map((column) => `ALTER TABLE ${named(name!)} ADD COLUMN ${column}`),
  },
  { pattern: /^DROP TABLE IF EXISTS (\S+)$/, toTrino: ([, name]) => [`DROP TABLE IF EXISTS ${named(name!)}`] },
  {
    pattern: /^VACUUM (\S+)$/,
    toTrino: ([, name]) => [`ALTER TABLE ${named(name!)} EXECUTE expire_snapshots(retention_threshold => '7d')`],
  },
];

function named(name: string): string {
  return name.replaceAll('`', '"');
}

function typed(columns: string): string {
  return named(columns)
    .replace(/array<(\w+)>/g, (_all, type: string) => `array(${TYPES[type] ?? type})`)
    .replace(/(" )(string|int|timestamp)\b/g, (_all, before: string, type: string) => `${before}${TYPES[type]}`);
}
