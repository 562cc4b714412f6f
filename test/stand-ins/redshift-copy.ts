import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const COPY =
  /^COPY "(\w+)"\."(\w+)" FROM 's3:\/\/([^/']+)\/([^']+)' IAM_ROLE 'arn:aws:iam::\d+:role\/[^']+' FORMAT AS PARQUET$/;

/** Of columns in PostgreSQL, the types of Parquet that Redshift takes for them. */
const TAKEN: Readonly<Record<string, string>> = {
  bigint: 'BIGINT',
  'character varying': 'VARCHAR',
  date: 'DATE',
  'double precision': 'DOUBLE',
  integer: 'INTEGER',
  'timestamp without time zone': 'TIMESTAMP',
};

export interface Copy {
  readonly schema: string;
  readonly table: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** A statement that is COPY from S3. Throws for one that is written otherwise than the product does. */
export function copyOf(sql: string): Copy | undefined {
  if (!/^\s*COPY\b/i.test(sql)) return undefined;
  const found = COPY.exec(sql);
  if (found === null) throw new Error('syntax error: COPY');
  return { schema: found[1]!, table: found[2]!, bucket: found[3]!, prefix: found[4]! };
}

/** Loads Parquet files of S3 as Redshift does: columns in their order, of the types that the table has. */
export async function copyParquet(client: Client, s3: S3Client, copy: Copy): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-test-redshift-'));
  try {
    const files = await download(s3, copy, folder);
    if (files.length === 0) throw new Error(`The specified S3 prefix '${copy.prefix}' does not exist`);
    const csv = join(folder, 'rows.csv');
    const given = await writeCsv(files, csv);
    const wanted = await columnsOf(client, copy);
    if (given.join() !== wanted.join())
      throw new Error(`Spectrum Scan Error: the files have ${given.join()}, the table has ${wanted.join()}`);
    await pipeline(
      createReadStream(csv),
      client.query(copyFrom(`COPY "${copy.schema}"."${copy.table}" FROM STDIN (FORMAT csv)`)),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(s3: S3Client, { bucket: Bucket, prefix: Prefix }: Copy, folder: string): Promise<string[]> {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  const files: string[] = [];
  for (const [index, { Key }] of objects.entries()) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const file = join(folder, `${index}.parquet`);
    await writeFile(file, await Body!.transformToByteArray());
    files.push(file);
  }
  return files;
}

/** Nulls without quotes, texts in quotes. Resolves with the types of the columns. */
async function writeCsv(files: readonly string[], csv: string): Promise<string[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const parquet = `read_parquet([${files.map((file) => `'${file}'`).join(', ')}])`;
    const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${parquet}`);
    await connection.run(`COPY (SELECT * FROM ${parquet}) TO '${csv}' (FORMAT csv, HEADER false, FORCE_QUOTE *)`);
    return types.getRowObjects().map((row) => String(row['column_type']));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function columnsOf(client: Client, { schema, table }: Copy): Promise<string[]> {
  const { rows } = await client.query<string[]>({
    text: `SELECT data_type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
    values: [schema, table],
    rowMode: 'array',
  });
  return rows.map(([type]) => TAKEN[type!] ?? type!);
}
