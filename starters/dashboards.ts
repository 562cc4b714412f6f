import type { DashboardTickets } from '../adapters/local/dashboards/dashboard-tickets';
import { tagsOfScope } from '../core/dashboards/scope-tags';
import { HubError } from '../core/errors';
import type { Dashboards } from '../ports/dashboards';
import type { Dashboard, DashboardAnswer, EmbeddedDashboardAnswer, EmbedQuestion } from '../schemas/dashboard';
import type { KpiAnswer } from '../schemas/kpi-report';

/** What dashboards are made of. */
export interface DashboardDesk {
  readonly dashboards: readonly Dashboard[];
  /** Draws them, and gives addresses that show them. */
  readonly engine: Dashboards;
  readonly tickets: DashboardTickets;
}

/** @throws HubError as `Dashboards.embed` does, SCOPE_INVALID for a value that tags cannot have */
export async function embedDashboard(
  { dashboards, engine }: DashboardDesk,
  id: string,
  { viewer, filters, allowedDomains, minutes }: EmbedQuestion,
  signal?: AbortSignal,
): Promise<EmbeddedDashboardAnswer> {
  const dashboard = dashboards.find((candidate) => candidate.id === id);
  const request = {
    dashboard: dashboard?.quicksight ?? id,
    viewer: viewer.kind === 'registered' ? viewer : { kind: 'anonymous' as const, sessionTags: tagsOf(viewer.scope) },
    filters,
    allowedDomains,
    lifetimeMinutes: minutes,
  };
  const { url, expiresAt } = await engine.embed(request, signal);
  return { url, expiresAt: new Date(expiresAt).toISOString() };
}

function tagsOf(scope: Readonly<Record<string, string[]>>): Record<string, string> {
  const odd = Object.entries(scope).find(([, values]) => values.some((value) => value.includes('|')));
  if (odd === undefined) return tagsOfScope(scope);
  throw new HubError('EMBED_TAGS_INVALID', `viewer.scope.${odd[0]}: values have no "|"`, {
    field: `viewer.scope.${odd[0]}`,
  });
}

/** Asks for a KPI as somebody may see it. */
export type AskKpi = (kpi: string, question: object, scope: Readonly<Record<string, string[]>>) => Promise<KpiAnswer>;

/**
 * What a viewer with a ticket sees: each tile within the scope of the ticket, whatever the page asks for.
 *
 * @param filters what the viewer narrows it to, over those of the ticket
 * @throws HubError TICKET_INVALID, TICKET_EXPIRED, NOT_FOUND for a dashboard that there is no more
 */
export async function showDashboard(
  { dashboards, tickets }: DashboardDesk,
  token: string,
  filters: Readonly<Record<string, string[]>>,
  ask: AskKpi,
): Promise<DashboardAnswer> {
  const ticket = await tickets.verify(token);
  const dashboard = dashboards.find(({ id }) => id === ticket.dashboard);
  if (dashboard === undefined) throw new HubError('NOT_FOUND', `there is no dashboard "${ticket.dashboard}" any more`);
  const seen = { ...ticket.filters, ...filters };
  const tiles = await Promise.all(
    dashboard.tiles.map(async ({ kpi, by, grain }) => {
      const answer = await ask(kpi, { ...seen, grain, ...(by !== undefined && { by }) }, ticket.scope);
      return { ...(by !== undefined && { by }), answer };
    }),
  );
  return {
    title: dashboard.title,
    ...(dashboard.description !== undefined && { description: dashboard.description }),
    scope: ticket.scope,
    filters: seen,
    expiresAt: new Date(ticket.expiresAt).toISOString(),
    tiles,
  };
}
