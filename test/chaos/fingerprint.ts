import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DuckDb } from '../../adapters/local/duckdb';
import { LocalLake } from '../../adapters/local/lake/local-lake';
import { lakeTableNames, lakeTables } from '../../core/lake/tables';
import { identifier } from '../../core/sql/quote';
import type { Graph } from '../../ports/graph';

/** A name for a content by part: equal names, equal contents. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What tells when something ran, or from when on it ran again, and so differs from night to night. */
const WALL_CLOCK: Readonly<Record<string, readonly string[]>> = {
  milestone_runs: ['computed_at'],
  kpi_runs: ['refreshed_at', 'from_day'],
};

/** The content of every lake table, whatever the files and the order in which they were written. */
export async function fingerprintLake(dataFolder: string): Promise<Fingerprint> {
  const duckDb = await DuckDb.start({ memoryMb: 1_000, threads: 2, tempFolder: join(dataFolder, 'tmp') });
  const lake = new LocalLake(join(dataFolder, 'lake'), duckDb);
  const found: Record<string, string> = {};
  for (const table of lakeTableNames) {
    const names = Object.keys(lakeTables[table]).filter((name) => !WALL_CLOCK[table]?.includes(name));
    const columns = names.map(identifier).join(', ');
    const [row] = await lake.rows<{ rows: bigint; content: string | null }>(
      `SELECT count(*) AS rows, md5(string_agg(line, chr(10) ORDER BY line)) AS content
FROM (SELECT to_json(row(${columns}))::VARCHAR AS line FROM ${table})`,
    );
    found[`lake.${table}`] = `${row!.rows} rows ${row!.content ?? ''}`;
  }
  await lake.close();
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
