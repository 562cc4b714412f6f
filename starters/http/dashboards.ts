import { z } from 'zod';
import { isLimited, scopeWithin, type Caller } from '../../core/access/permissions';
import { HubError } from '../../core/errors';
import {
  dashboardAnswer,
  dashboardList,
  dashboardPath,
  embeddedDashboard,
  embedQuestion,
  type EmbedQuestion,
} from '../../schemas/dashboard';
import type { KpiAnswer } from '../../schemas/kpi-report';
import { embedDashboard, showDashboard, type AskKpi } from '../dashboards';
import type { HubApi } from './hub-api';
import { askKpis } from './kpis';
import { problem } from './report-routes';

const TAGS = ['dashboards'];
const DASHBOARDS = '/v1/dashboards';
const KPI_WAIT_MS = 30_000;

/** KPI dashboards, and addresses by which other pages show them. */
export function registerDashboards(api: HubApi): void {
  const { app, dashboards: desk } = api;
  if (desk === undefined) return;

  app.get(
    DASHBOARDS,
    {
      config: { needs: 'answers:read', holdsToRows: true },
      schema: { summary: 'The KPI dashboards', tags: TAGS, response: { 200: dashboardList, default: problem } },
    },
    () => ({
      dashboards: desk.dashboards.map(({ id, title, description }) => ({
        id,
        title,
        ...(description !== undefined && { description }),
      })),
    }),
  );

  app.post(
    `${DASHBOARDS}/:dashboard/embed`,
    {
      config: { needs: 'answers:read', holdsToRows: true },
      schema: {
        summary: 'A short-lived address that shows a dashboard to one viewer, within what they may see',
        description:
          'Of QuickSight where it draws the dashboards, else of the hub itself. What the viewer may see is held by the query, and not by the page.',
        tags: TAGS,
        params: dashboardPath,
        // A request without a body has one of null.
        body: embedQuestion.nullish(),
        response: { 201: embeddedDashboard, default: problem },
      },
    },
    async ({ params: { dashboard }, body, caller }, reply) => {
      const question = embedQuestion.parse(body ?? {});
      const viewer = withinRows(question.viewer, caller);
      return reply.code(201).send(await embedDashboard(desk, dashboard, { ...question, viewer }));
    },
  );

  app.get(
    '/v1/embedded-dashboard',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: 'What a viewer of a built-in dashboard sees; the address that they were given says what that is',
        tags: TAGS,
        headers: z.object({
          authorization: z.string().optional().describe('`Bearer` and what is behind the hash of the address.'),
        }),
        querystring: z
          .object({})
          .catchall(z.union([z.string(), z.array(z.string())]))
          .describe('Filters, to see less.'),
        response: { 200: dashboardAnswer, default: problem },
      },
    },
    async ({ headers: { authorization }, query }, reply) => {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) throw new HubError('TICKET_INVALID', 'authorization: expected a bearer token');
      const filters = Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
      const answer = await showDashboard(
        desk,
        token,
        Object.fromEntries(filters) as Record<string, string[]>,
        askerOf(api),
      );
      // Of one viewer, and for no cache on the way.
      return reply.header('cache-control', 'no-store').send(answer);
    },
  );
}

/** Nobody lets others see more than they do; as another user of QuickSight, only who may embed for others. */
function withinRows(viewer: EmbedQuestion['viewer'], caller: Caller): EmbedQuestion['viewer'] {
  if (viewer.kind === 'registered') {
    if (caller.may.has('dashboards:embed') && !isLimited(caller)) return viewer;
    throw new HubError(
      'ACCESS_DENIED',
      `viewer.user: ${caller.name} lacks the permission dashboards:embed, or sees not all rows`,
    );
  }
  const scope = scopeWithin(viewer.scope, caller.rows);
  if (scope !== undefined) return { ...viewer, scope };
  throw new HubError('ACCESS_DENIED', `viewer: ${caller.name} may let others see only what they may see themselves`);
}

function askerOf(api: HubApi): AskKpi {
  return async (kpi, question, scope) => {
    const state = await askKpis(api, 'kpiDetails', { ...question, kpi, scope }, KPI_WAIT_MS);
    if (state.status === 'done') return state.answer as KpiAnswer;
    throw new HubError('NOT_READY', `${kpi} is not there yet: try again in a moment`);
  };
}
