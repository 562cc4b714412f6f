import { didYouMean } from '../../../core/text/closest-name';
import { dashboardSchema, type Dashboard } from '../../../schemas/dashboard';
import type { DeclaredKpis } from '../../../schemas/kpi';
import type { ConfigReader } from '../config-reader';

/**
 * The files of `dashboards/`. What they show must be there, and be told by what viewers are held to. KPIs whose files have errors are left
 * out of them: that is told of the KPIs.
 */
export async function readDashboards(reader: ConfigReader, declared: DeclaredKpis): Promise<Dashboard[]> {
  const read = await reader.all('dashboards', '.yaml', async (file) => {
    const dashboard = await reader.yaml(file, dashboardSchema);
    if (dashboard === undefined) return undefined;
    checkTiles(reader, file, dashboard, declared);
    const tiles = dashboard.tiles.filter(({ kpi }) => !declared.broken.includes(kpi));
    return { id: file.replace(/^.*\/|\.yaml$/g, ''), ...dashboard, tiles };
  });
  return read.map(([, dashboard]) => dashboard);
}

function checkTiles(
  reader: ConfigReader,
  file: string,
  { tiles, scope }: Pick<Dashboard, 'tiles' | 'scope'>,
  { kpis, broken }: DeclaredKpis,
): void {
  const names = kpis.map(({ id }) => id);
  tiles.forEach(({ kpi: id, by }, index) => {
    if (broken.includes(id)) return;
    const kpi = kpis.find((candidate) => candidate.id === id);
    if (kpi === undefined) {
      reader.problem(file, `tiles.${index}.kpi`, `there is no kpis/${id}.sql${didYouMean(id, names)}`);
      return;
    }
    const missing = [...scope, ...(by === undefined ? [] : [by])].find((filter) => !kpi.filters.includes(filter));
    if (missing === undefined) return;
    const field = missing === by ? `tiles.${index}.by` : 'scope';
    reader.problem(file, field, `kpis/${id}.sql has no filter "${missing}"`);
  });
}
