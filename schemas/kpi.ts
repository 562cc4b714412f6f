import { z } from 'zod';
import { duration } from './duration';

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

const parameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('number'), default: z.number(), description: z.string().min(1).optional() }),
  z.strictObject({ type: z.literal('text'), default: z.string(), description: z.string().min(1).optional() }),
]);

/** Phases of a customer's life as TM Forum's customer experience metrics (GB962A) group them, and what speaks of the data itself. */
export const kpiGroups = [
  'Be aware',
  'Interact',
  'Choose',
  'Consume',
  'Manage',
  'Pay',
  'Renew',
  'Recommend',
  'Leave',
  'Data',
] as const;

/**
 * Front matter of `kpis/<id>.sql`. The query gives a row for each day (UTC) and combination of its filters: `day`, a column for each
 * filter, and either `value`, which adds up, or `numerator` and `denominator`, which do. `$from` and `$to` are given, days of which the
 * second is not included, and the parameters.
 */
export const kpiFrontMatter = z.strictObject({
  title: z.string().min(1),
  unit: z.string().min(1).describe('What the value counts; `share` is shown in percent.'),
  description: z.string().min(1).optional(),
  group: z.enum(kpiGroups).default('Interact'),
  owner: z.string().min(1).default('Customer experience'),
  direction: z.enum(['up', 'down', 'none']).default('none').describe('Which way is good.'),
  target: z.number().optional(),
  chart: z.enum(['line', 'area', 'bar']).default('line'),
  filters: z.array(name).max(5).default([]).describe('Columns by which values may be told apart.'),
  over: z
    .enum(['sum', 'last'])
    .default('sum')
    .describe('Whether values of several days add up, or the last of them counts, as of a stock.'),
  settles: duration.default(0).describe('How long a day may still change after its end.'),
  parameters: z
    .record(
      name.refine((given) => given !== 'from' && given !== 'to', 'is given by the hub'),
      parameter,
    )
    .default({}),
});

export interface Kpi extends z.infer<typeof kpiFrontMatter> {
  readonly id: string;
  readonly sql: string;
}

/** The KPIs of a hub folder. */
export interface DeclaredKpis {
  readonly kpis: readonly Kpi[];
  /** Names of others, whose files have errors. */
  readonly broken: readonly string[];
  /** What is wrong with them, each with file, field, expected and found. */
  readonly problems: readonly string[];
}

const date = z.iso.date();

/** Input of the workflow `refreshKpis`; `{}` brings all KPIs up to today. */
export const refreshKpisInput = z
  .strictObject({
    kpis: z.array(z.string().min(1)).min(1).optional().describe('Only these; by default all.'),
    from: date.optional().describe('The first day that is computed anew; by default the first that may have changed.'),
    to: date.optional().describe('The last day; by default the business date.'),
    businessDate: date.optional().describe("Today in the hub's time zone by default."),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'expected a day that is not before "from"',
  });

export type RefreshKpisInput = z.input<typeof refreshKpisInput>;
