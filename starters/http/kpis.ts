import { z } from 'zod';
import { kpiAnswer, kpiList, kpiQuestion } from '../../schemas/kpi-report';
import type { LakeTable } from '../../core/lake/tables';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState, waitHeaders } from './report-routes';
import { askReport } from './reports';

const TAGS = ['kpis'];
const KPIS = '/v1/kpis';
const FROM: readonly LakeTable[] = ['kpi_values', 'kpi_runs'];

/** Key performance indicators, as the last refresh computed them. */
export function registerKpis({ app, client, versions, kpiRevision = '' }: HubApi): void {
  const ask = async (workflow: string, question: object, prefer: string | undefined) => {
    const lakeVersion = await versions.version();
    const revisions = await Promise.all(FROM.map((table) => versions.tableRevision(table, lakeVersion)));
    const dataRevision = JSON.stringify([workflow, kpiRevision, revisions]);
    return askReport<object>(client, { workflow, kind: 'kpis', question, dataRevision, lakeVersion }, waitMsOf(prefer));
  };

  app.get(
    KPIS,
    {
      schema: {
        summary: 'Every KPI: its newest value, whether it is as expected, its trend, and when it was refreshed',
        tags: TAGS,
        headers: waitHeaders,
        response: { 200: kpiList, 202: runningReport, default: problem },
      },
    },
    async ({ headers: { prefer } }, reply) => sendState(reply, KPIS, await ask('kpiList', {}, prefer)),
  );

  app.get(
    `${KPIS}/:kpi`,
    {
      schema: {
        summary: 'A KPI over time, by one of its filters or as a whole, with the SQL that computes it',
        tags: TAGS,
        headers: waitHeaders,
        params: z.strictObject({ kpi: z.string().min(1).max(200) }),
        querystring: kpiQuestion,
        response: { 200: kpiAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ params: { kpi }, query, url, headers: { prefer } }, reply) =>
      // What callers may see is not theirs to say.
      sendState(reply, url, await ask('kpiDetails', { ...query, scope: {}, kpi }, prefer)),
  );
}
