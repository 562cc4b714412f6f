import type { DeclaredKpis, Kpi } from '../../schemas/kpi';
import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';

/** KPIs whose files have errors, with these. */
export function brokenKpis({ broken, problems }: DeclaredKpis): { readonly kpi: string; readonly reason: string }[] {
  return broken.map((kpi) => {
    const own = problems.filter((problem) => problem.startsWith(`kpis/${kpi}.sql:`));
    return { kpi, reason: own.join('; ') };
  });
}

/**
 * @param field where the name was said
 * @throws HubError NOT_FOUND for a name that there is not, or whose file has errors
 */
export function kpiNamed(declared: DeclaredKpis, name: string, field: string): Kpi {
  const kpi = declared.kpis.find(({ id }) => id === name);
  if (kpi !== undefined) return kpi;
  const broken = brokenKpis(declared).find((candidate) => candidate.kpi === name);
  const there = declared.kpis.map(({ id }) => id);
  const why =
    broken === undefined
      ? `there is no KPI "${name}"${didYouMean(name, there)}; there are ${there.join(', ')}`
      : `"${name}" has errors: ${broken.reason}`;
  throw new HubError('NOT_FOUND', `${field}: ${why}`, { field });
}
