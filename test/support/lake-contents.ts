import { lakeTables, lakeTableNames, type LakeTable } from '../../core/lake/tables';
import type { Graph } from '../../ports/graph';
import type { Lake } from '../../ports/lake';

/** What tells of a lake's own history: numbers of its versions, when files arrived, and when something was computed. */
const OWN: Partial<Record<LakeTable, readonly string[]>> = {
  files: ['batch', 'modified_at'],
  profiles: ['batch'],
  events: ['batch'],
  identity_changes: ['batch'],
  identity_runs: ['batch', 'basis'],
  journeys: ['encoding'],
  kpi_runs: ['refreshed_at'],
  milestone_runs: ['batch', 'basis', 'computed_at'],
  consumed_batches: ['batch'],
  runs: ['detail'],
};

/** The rows of every table, each as a text, sorted: what two lakes of the same history have in common. */
export async function lakeContents(lake: Lake): Promise<Record<LakeTable, string[]>> {
  const contents = {} as Record<LakeTable, string[]>;
  for (const table of lakeTableNames) {
    const columns = Object.entries(lakeTables[table])
      .filter(([column]) => OWN[table]?.includes(column) !== true)
      .map(([column, type]) => (type.endsWith('[]') ? `${lake.dialect.words.json(column)} AS ${column}` : column));
    const rows = await lake.rows(`SELECT ${columns.join(', ')} FROM ${table}`);
    contents[table] = rows.map((row) => JSON.stringify(row, plain)).sort();
  }
  return contents;
}

/** Every element of a graph as a text, sorted. */
export async function graphContents(graph: Graph): Promise<string[]> {
  const contents: string[] = [];
  for await (const element of graph.elements()) contents.push(JSON.stringify(element, plain));
  return contents.sort();
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
