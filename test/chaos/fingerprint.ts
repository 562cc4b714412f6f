import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DuckDb } from '../../adapters/local/duckdb';
import { LocalLake } from '../../adapters/local/lake/local-lake';
import { lakeTableNames, lakeTables } from '../../core/lake/tables';
import { identifier } from '../../core/sql/quote';
import type { Graph } from '../../ports/graph';

/** A name for a content by part: equal names, equal contents. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What tells when something ran, or by which files events came that were posted, and so differs from one hub to the next. */
const VARYING: Readonly<Record<string, readonly string[]>> = {
  events: ['batch', 'file', 'file_row'],
  journeys: ['encoding'],
  milestone_runs: ['batch', 'basis', 'computed_at'],
  kpi_runs: ['refreshed_at', 'from_day'],
};

/** Of the ledger, the files that were there; which batches were made of, all other tables show. */
const ROWS: Readonly<Record<string, string>> = {
  files: "path NOT LIKE 'streams/%'",
  consumed_batches: 'FALSE',
};

/** The content of every lake table, whatever the files and the order in which they were written. */
export async function fingerprintLake(dataFolder: string): Promise<Fingerprint> {
  return withLake(dataFolder, fingerprint);
}

/** Does something with the lake of a hub, which may run. */
export async function withLake<T>(dataFolder: string, work: (lake: LocalLake) => Promise<T>): Promise<T> {
  const duckDb = await DuckDb.start({ memoryMb: 1_000, threads: 2, tempFolder: join(dataFolder, 'tmp') });
  const lake = new LocalLake(join(dataFolder, 'lake'), duckDb);
  try {
    return await work(lake);
  } finally {
    await lake.close();
  }
}

async function fingerprint(lake: LocalLake): Promise<Fingerprint> {
  const found: Record<string, string> = {};
  for (const table of lakeTableNames) {
    const names = Object.keys(lakeTables[table]).filter((name) => !VARYING[table]?.includes(name));
    const columns = names.map(identifier).join(', ');
    const [row] = await lake.rows<{ rows: bigint; content: string | null }>(
      `SELECT count(*) AS rows, md5(string_agg(line, chr(10) ORDER BY line)) AS content
FROM (SELECT to_json(row(${columns}))::VARCHAR AS line FROM ${table} WHERE ${ROWS[table] ?? 'TRUE'})`,
    );
    found[`lake.${table}`] = `${row!.rows} rows ${row!.content ?? ''}`;
  }
  return found;
}

/** The content of the graph. */
export async function fingerprintGraph(name: string, graph: Graph): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let elements = 0;
  for await (const element of graph.elements()) {
    const properties = Object.entries(element.properties).sort(([a], [b]) => (a < b ? -1 : 1));
    hash.update(
      JSON.stringify({ ...element, properties }, (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      ),
    );
    elements++;
  }
  return { [name]: `${elements} elements ${hash.digest('hex').slice(0, 32)}` };
}

/** The parts that differ, as "part: expected, found". */
export function differences(expected: Fingerprint, found: Fingerprint): string[] {
  const parts = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return parts
    .filter((part) => expected[part] !== found[part])
    .map((part) => `${part}: expected ${expected[part] ?? 'nothing'}, found ${found[part] ?? 'nothing'}`);
}
