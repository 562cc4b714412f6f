import { join } from 'node:path';
import { QuickSightDashboards } from '../adapters/aws/quicksight/quicksight-dashboards';
import { BuiltInDashboards } from '../adapters/local/dashboards/built-in-dashboards';
import { DashboardTickets, dashboardKey } from '../adapters/local/dashboards/dashboard-tickets';
import type { Hub } from '../adapters/local/hub-folder';
import type { Dashboards } from '../ports/dashboards';
import { connectionTo } from './aws-connection';

/**
 * What draws a hub's dashboards: QuickSight where its settings name it, else the website.
 *
 * @param siteUrl where the website is, as browsers reach it
 * @throws HubError EMBED_KEY_INVALID
 */
export async function openDashboards(
  hub: Hub,
  siteUrl: () => string,
): Promise<{ readonly engine: Dashboards; readonly tickets: DashboardTickets }> {
  const tickets = new DashboardTickets(await dashboardKey(join(hub.dataFolder, 'secrets', 'embed-key')));
  const { aws } = hub.settings.engines;
  const engine =
    aws?.quicksight === undefined
      ? new BuiltInDashboards({ tickets, dashboards: hub.dashboards, siteUrl })
      : new QuickSightDashboards(connectionTo('quicksight', aws), aws.quicksight);
  return { engine, tickets };
}
