import { z } from 'zod';
import { kpiFrontMatter } from './kpi';

const day = z.string().describe('YYYY-MM-DD, UTC.');
const value = z.number().nullable();

/** Which rows somebody may see: by the name of a filter, its values. */
export const kpiScope = z.record(z.string().min(1), z.array(z.string()).min(1));

const refresh = z.object({
  at: z.string().describe('An ISO time, UTC.'),
  from: day,
  to: day.describe('The last day that was computed.'),
  status: z.enum(['done', 'failed']),
  reason: z.string().optional(),
});

const about = kpiFrontMatter
  .pick({ title: true, unit: true, description: true, group: true, owner: true, direction: true, target: true })
  .extend({
    id: z.string(),
    chart: z.enum(['line', 'area', 'bar']),
    filters: z.array(z.string()),
    over: z.enum(['sum', 'last']),
    refreshed: refresh.optional().describe('Left out where it was never computed.'),
  });

const point = z.object({
  at: day.describe('The first day of the day, week or month.'),
  value,
  expected: z.number().optional().describe('What the same weekday of the weeks before lets one expect.'),
  anomalous: z.boolean().optional().describe('Whether the value is far from that.'),
});

export const kpiList = z.object({
  kpis: z.array(
    about.extend({
      newest: point.optional(),
      weekBefore: value.describe('The value a week before the newest.'),
      trend: z.array(point).describe('The last 30 days.'),
    }),
  ),
  problems: z.array(z.string()).describe('What is wrong with the files of others, which are not computed.'),
});

export const kpiQuestion = z
  .object({
    from: z.iso.date().optional().describe('The first day; by default 90 days before the last.'),
    to: z.iso.date().optional().describe('The last day; by default the newest that there is.'),
    grain: z.enum(['day', 'week', 'month']).default('day'),
    by: z.string().min(1).optional().describe("One of the KPI's filters: a series for each of its values."),
  })
  .catchall(z.union([z.string(), z.array(z.string())]))
  .describe("Beside these, any of the KPI's filters with the values that are looked at.");

export const kpiAnswer = z.object({
  kpi: about.extend({
    sql: z.string().describe('What computes it.'),
    parameters: kpiFrontMatter.shape.parameters,
    values: z.record(z.string(), z.array(z.string())).describe('The values that each filter has.'),
  }),
  from: day,
  to: day,
  grain: z.enum(['day', 'week', 'month']),
  series: z.array(
    z.object({
      of: z.string().nullable().describe('The value of `by`; null where there is none.'),
      points: z.array(point),
    }),
  ),
  total: value.describe('Over all days and series.'),
});

export type KpiScope = z.infer<typeof kpiScope>;
export type KpiList = z.infer<typeof kpiList>;
export type KpiAbout = z.infer<typeof about>;
export type KpiPoint = z.infer<typeof point>;
export type KpiQuestion = z.output<typeof kpiQuestion>;
export type KpiAnswer = z.infer<typeof kpiAnswer>;
