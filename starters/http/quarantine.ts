import type { LakeTable } from '../../core/lake/tables';
import { quarantineAnswer, quarantineRows, quarantineRowsQuestion } from '../../schemas/quarantine';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState, waitHeaders } from './report-routes';
import { askReport } from './reports';

const TAGS = ['operations'];
const QUARANTINE = '/v1/quarantine';
const FROM: readonly LakeTable[] = ['quarantine'];

/** What was refused, and why. It is read again by a run of `redriveQuarantine`. */
export function registerQuarantine({ app, client, versions }: HubApi): void {
  const ask = async (workflow: string, question: object, prefer: string | undefined) => {
    const lakeVersion = await versions.version();
    const revisions = await Promise.all(FROM.map((table) => versions.tableRevision(table, lakeVersion)));
    const dataRevision = JSON.stringify([workflow, revisions]);
    const request = { workflow, kind: 'quarantine', question, dataRevision, lakeVersion };
    return askReport<object>(client, request, waitMsOf(prefer));
  };

  app.get(
    QUARANTINE,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'How much was refused of which source, and why',
        tags: TAGS,
        headers: waitHeaders,
        response: { 200: quarantineAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ headers: { prefer } }, reply) => sendState(reply, QUARANTINE, await ask('quarantineSummary', {}, prefer)),
  );

  app.get(
    `${QUARANTINE}/rows`,
    {
      config: { needs: 'quarantine:read' },
      schema: {
        summary: 'Rows that were refused, as they came, in the order of their files',
        tags: TAGS,
        headers: waitHeaders,
        querystring: quarantineRowsQuestion,
        response: { 200: quarantineRows, 202: runningReport, default: problem },
      },
    },
    async ({ query, url, headers: { prefer } }, reply) =>
      sendState(reply, url, await ask('quarantinedRows', query, prefer)),
  );
}
