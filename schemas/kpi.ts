import { z } from 'zod';

/** Front matter of `kpis/<id>.sql`. The query gives one row with one column `value`; `$business_date` is given. */
export const kpiFrontMatter = z.strictObject({
  title: z.string().min(1),
  unit: z.string().min(1),
  description: z.string().min(1).optional(),
});

export interface Kpi extends z.infer<typeof kpiFrontMatter> {
  readonly id: string;
  readonly sql: string;
}
