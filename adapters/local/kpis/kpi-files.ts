import { basename, dirname, resolve } from 'node:path';
import type { DeclaredKpis, Kpi } from '../../../schemas/kpi';
import { ConfigReader } from '../config-reader';

/** Reads `kpis/*.sql` of a hub folder. One file's errors leave the others alone. */
export async function readKpis(folder: string): Promise<DeclaredKpis> {
  const reader = new ConfigReader(folder);
  const files = await reader.all('kpis', '.sql', (file) => reader.kpi(file));
  const kpis = files.map(([, kpi]) => kpi);
  const good = new Set(kpis.map(({ id }) => id));
  const broken = (await reader.names('kpis', '.sql')).filter((name) => !good.has(name));
  return { kpis, broken, problems: reader.problems };
}

/**
 * Reads one KPI.
 *
 * @param path of a file `<id>.sql`
 * @throws HubError CONFIG_INVALID listing every problem
 */
export async function readKpi(path: string): Promise<Kpi> {
  const reader = new ConfigReader(dirname(resolve(path)));
  const kpi = await reader.kpi(basename(path));
  if (kpi === undefined) throw reader.failure(path);
  return kpi;
}
