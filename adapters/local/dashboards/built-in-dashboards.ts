import { HubError } from '../../../core/errors';
import { scopeOfTags } from '../../../core/dashboards/scope-tags';
import type { Dashboards, EmbedRequest, EmbeddedDashboard } from '../../../ports/dashboards';
import type { Dashboard } from '../../../schemas/dashboard';
import type { DashboardTickets } from './dashboard-tickets';

export interface BuiltInOptions {
  readonly tickets: DashboardTickets;
  readonly dashboards: readonly Dashboard[];
  /** Where the website is, as browsers reach it: the page that shows dashboards is `embed.html` there. */
  readonly siteUrl: () => string;
}

/** Dashboards that the hub's own website draws, to whoever has a signed address. */
export class BuiltInDashboards implements Dashboards {
  constructor(private readonly options: BuiltInOptions) {}

  async embed({ dashboard: id, viewer, filters = {}, lifetimeMinutes }: EmbedRequest): Promise<EmbeddedDashboard> {
    const { dashboards, tickets, siteUrl } = this.options;
    const dashboard = dashboards.find((candidate) => candidate.id === id);
    if (dashboard === undefined) {
      const there = dashboards.map((candidate) => candidate.id).join(', ') || 'none';
      throw new HubError('NOT_FOUND', `dashboard: there is no dashboard "${id}"; there are ${there}`, {
        field: 'dashboard',
      });
    }
    if (viewer.kind === 'registered') {
      const message =
        'viewer.kind: the built-in dashboards know no users: name what an anonymous viewer may see in viewer.scope';
      throw new HubError('EMBED_VIEWER_INVALID', message, { field: 'viewer.kind' });
    }
    const scope = scopeOfTags(viewer.sessionTags);
    refuseUnknown(dashboard, scope, 'viewer.scope', 'EMBED_TAGS_INVALID');
    refuseUnknown(dashboard, filters, 'filters', 'EMBED_FILTERS_INVALID');
    const expiresAt = Date.now() + lifetimeMinutes * 60_000;
    const token = await tickets.sign({ dashboard: id, scope, filters: filters as Record<string, string[]>, expiresAt });
    // Behind the hash, which browsers tell no server.
    return { url: `${siteUrl()}/embed.html#${token}`, expiresAt };
  }

  async close(): Promise<void> {}
}

function refuseUnknown(
  { id, scope }: Dashboard,
  asked: Readonly<Record<string, readonly string[]>>,
  field: string,
  code: string,
): void {
  const unknown = Object.keys(asked).find((name) => !scope.includes(name));
  if (unknown === undefined) return;
  const there = scope.length === 0 ? 'it has none' : `it has ${scope.join(', ')}`;
  throw new HubError(code, `${field}.${unknown}: dashboards/${id}.yaml has no "${unknown}" in its scope; ${there}`, {
    field: `${field}.${unknown}`,
  });
}
