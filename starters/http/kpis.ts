import { z } from 'zod';
import { kpiAnswer, kpiList, kpiQuestion } from '../../schemas/kpi-report';
import type { LakeTable } from '../../core/lake/tables';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState, waitHeaders } from './report-routes';
import { askReport, type ReportState } from './reports';

const TAGS = ['kpis'];
const KPIS = '/v1/kpis';
const FROM: readonly LakeTable[] = ['kpi_values', 'kpi_runs'];

/** Key performance indicators, as the last refresh computed them. */
export function registerKpis(api: HubApi): void {
  const { app } = api;

  app.get(
    KPIS,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'Every KPI: its newest value, whether it is as expected, its trend, and when it was refreshed',
        tags: TAGS,
        headers: waitHeaders,
        response: { 200: kpiList, 202: runningReport, default: problem },
      },
    },
    async ({ headers: { prefer } }, reply) =>
      sendState(reply, KPIS, await askKpis(api, 'kpiList', {}, waitMsOf(prefer))),
  );

  app.get(
    `${KPIS}/:kpi`,
    {
      config: { needs: 'answers:read', holdsToRows: true },
      schema: {
        summary: 'A KPI over time, by one of its filters or as a whole, with the SQL that computes it',
        tags: TAGS,
        headers: waitHeaders,
        params: z.strictObject({ kpi: z.string().min(1).max(200) }),
        querystring: kpiQuestion,
        response: { 200: kpiAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ params: { kpi }, query, url, caller, headers: { prefer } }, reply) => {
      // What callers may see is not theirs to say.
      const question = { ...query, scope: caller.rows, kpi };
      return sendState(reply, url, await askKpis(api, 'kpiDetails', question, waitMsOf(prefer)));
    },
  );
}

/** Asks of what the last refresh computed: the same question is answered once. */
export async function askKpis(
  { client, versions, kpiRevision = '' }: Pick<HubApi, 'client' | 'versions' | 'kpiRevision'>,
  workflow: 'kpiList' | 'kpiDetails',
  question: object,
  waitMs: number,
): Promise<ReportState<object>> {
  const lakeVersion = await versions.version();
  const revisions = await Promise.all(FROM.map((table) => versions.tableRevision(table, lakeVersion)));
  const dataRevision = JSON.stringify([workflow, kpiRevision, revisions]);
  return askReport<object>(client, { workflow, kind: 'kpis', question, dataRevision, lakeVersion }, waitMs);
}
