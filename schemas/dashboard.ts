import { z } from 'zod';
import { kpiAnswer, kpiScope } from './kpi-report';

/** A file `dashboards/<id>.yaml`. */
export const dashboardSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1).optional(),
  scope: z
    .array(z.string().min(1))
    .default([])
    .describe('Filters that a viewer may be held to; every tile must have them.'),
  tiles: z
    .array(
      z.strictObject({
        kpi: z.string().min(1),
        by: z.string().min(1).optional(),
        grain: z.enum(['day', 'week', 'month']).default('week'),
      }),
    )
    .min(1)
    .max(30),
  quicksight: z
    .string()
    .min(1)
    .optional()
    .describe('The id of the dashboard in QuickSight that is shown in its place.'),
});

export interface Dashboard extends z.infer<typeof dashboardSchema> {
  readonly id: string;
}

export const dashboardList = z.object({
  dashboards: z.array(z.object({ id: z.string(), title: z.string(), description: z.string().optional() })),
});

export const dashboardPath = z.strictObject({ dashboard: z.string().min(1).max(200) });

export const embedQuestion = z.strictObject({
  viewer: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('anonymous'),
        scope: kpiScope.default({}).describe('The rows that the viewer may see, by filter; `{}` are all.'),
      }),
      z.strictObject({ kind: z.literal('registered'), user: z.string().min(1).max(256) }),
    ])
    .prefault({ kind: 'anonymous' }),
  filters: kpiScope.default({}).describe('What is looked at first; the viewer cannot see more than the scope allows.'),
  allowedDomains: z
    .array(z.string().min(1).max(300))
    .max(3)
    .default([])
    .describe("Origins of the pages that show it; by default the hub's own."),
  minutes: z.number().int().min(15).max(600).default(60).describe('How long it may be looked at.'),
});

export const embeddedDashboard = z.object({
  url: z.string().describe('Opens the dashboard for whoever has it: a secret.'),
  expiresAt: z.string().describe('Until when it may be opened, an ISO time.'),
});

export const dashboardAnswer = z.object({
  title: z.string(),
  description: z.string().optional(),
  scope: kpiScope,
  filters: kpiScope,
  expiresAt: z.string(),
  tiles: z.array(z.object({ by: z.string().optional(), answer: kpiAnswer })),
});

export type EmbedQuestion = z.output<typeof embedQuestion>;
export type EmbeddedDashboardAnswer = z.infer<typeof embeddedDashboard>;
export type DashboardAnswer = z.infer<typeof dashboardAnswer>;
export type DashboardList = z.infer<typeof dashboardList>;
