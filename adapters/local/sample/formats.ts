import type { Row } from '../../../core/sample/rows';
import type { System } from '../../../core/sample/steps';

/** How a system writes its exports. Parquet is written as csv first, and then converted with the types named. */
export interface ExportFormat {
  readonly ending: string;
  readonly delimiter?: string;
  readonly parquet?: Readonly<Record<string, string>>;
}

export const formats: Readonly<Record<System, ExportFormat>> = {
  crm: { ending: 'csv', delimiter: ',' },
  billing: {
    ending: 'parquet',
    delimiter: ',',
    parquet: {
      document: 'VARCHAR',
      account: 'VARCHAR',
      customer_no: 'VARCHAR',
      name: 'VARCHAR',
      birth_date: 'DATE',
      kind: 'VARCHAR',
      amount: 'DECIMAL(10,2)',
      booked_at: 'TIMESTAMP',
    },
  },
  web: { ending: 'ndjson.gz' },
  app: { ending: 'ndjson' },
  'call-centre': { ending: 'csv', delimiter: ';' },
  shops: { ending: 'csv', delimiter: ',' },
  network: {
    ending: 'parquet',
    delimiter: ',',
    parquet: { alarm: 'VARCHAR', subscriber: 'VARCHAR', msisdn: 'BIGINT', kind: 'VARCHAR', detected_at: 'TIMESTAMP' },
  },
};

export function headerOf({ delimiter }: ExportFormat, row: Row): string | undefined {
  return delimiter === undefined ? undefined : Object.keys(row).join(delimiter);
}

export function lineOf({ delimiter }: ExportFormat, row: Row): string {
  if (delimiter === undefined) return jsonLine(row);
  let line = '';
  for (const name in row) line += `${line === '' ? '' : delimiter}${csvField(row[name]!, delimiter)}`;
  return line;
}

/** A null first field must not look like no field at all. */
function csvField(value: string | number | null, delimiter: string): string {
  if (value === null) return '""';
  if (typeof value === 'number') return String(value);
  return value.includes(delimiter) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The web log nests its user; other values are plain. */
function jsonLine(row: Row): string {
  const { user, ...rest } = row;
  const plain = JSON.stringify(rest);
  return typeof user === 'string' ? `${plain.slice(0, -1)},"user":${user}}` : plain;
}
