import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { writeTable } from '../../adapters/local/downloads/write-table';
import type { Caller, Permission } from '../../core/access/permissions';
import { HubError } from '../../core/errors';
import type { LakeTable } from '../../core/lake/tables';
import { answerTable } from '../../core/journeys/answer-table';
import { seenBy } from './access';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problemSchema } from './problem';
import { askReport, cancelReport, findReport, type ReportState } from './reports';

/** A report that can be asked for: its name in paths and ids, its workflow, and what goes in and comes out. */
export interface ReportKind {
  readonly kind: string;
  readonly workflow: string;
  /** What callers must be let do. */
  readonly needs: Permission;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly question: z.ZodType<object>;
  readonly answer: z.ZodType<object>;
  /** The answer without what tells who customers are in life; left out where it has nothing of it. */
  readonly mask?: (answer: object) => object;
  /** Other tables that answers are made from. */
  readonly from?: readonly LakeTable[];
}

/** What answers are made from, the journeys first. */
const ANSWERED_FROM = ['journeys', 'customers', 'profiles', 'identities'] as const;
const DOWNLOAD_WAIT_MS = 10_000;
const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const;

/** How long a caller waits. */
export const waitHeaders = z.object({
  prefer: z
    .string()
    .optional()
    .describe('`wait=N`: how many seconds to wait for the answer; 10 by default, 60 at most.'),
});
export const runningReport = z.object({ id: z.string(), status: z.literal('running'), poll: z.string() });
export const problem = problemSchema.describe('What is wrong, naming the field.');

/** The answer; where it is not settled yet, the caller is told where to come back. */
export function sendState(reply: FastifyReply, poll: string, state: ReportState<object>): FastifyReply {
  if (state.status === 'done') return reply.code(200).send(state.answer);
  return reply
    .code(202)
    .header('location', poll)
    .header('retry-after', '1')
    .send({ id: state.id, status: 'running', poll });
}

/**
 * Asks for a report of a kind.
 *
 * @param question with every default filled in
 * @throws HubError NO_DATA; as the workflow failed with
 */
export async function askOf(
  { client, versions, weights }: Pick<HubApi, 'client' | 'versions' | 'weights'>,
  { kind, workflow, from = [] }: Pick<ReportKind, 'kind' | 'workflow' | 'from'>,
  question: object,
  waitMs: number,
): Promise<ReportState<object>> {
  // Of this version, should a night commit the next one in between.
  const lakeVersion = await versions.version();
  const tables = [...ANSWERED_FROM, ...from];
  const revisions = await Promise.all(tables.map((table) => versions.tableRevision(table, lakeVersion)));
  if (revisions[0] === '') {
    throw new HubError('NO_DATA', 'the hub holds no journeys yet: run `hub run nightly` and ask again');
  }
  const dataRevision = JSON.stringify([revisions, weights]);
  return askReport<object>(client, { workflow, kind, question, dataRevision, lakeVersion }, waitMs);
}

/** Asking for a report of a kind, coming back for it, and calling it off. */
export function registerReport(api: HubApi, report: ReportKind): void {
  const { app, client } = api;
  const path = `/v1/reports/${report.kind}`;
  const tags = [...report.tags];
  const config = { needs: report.needs };
  const params = z.object({
    id: z.string().regex(new RegExp(`^${report.kind}-[0-9a-f]{24}$`), 'is not the id of such a report'),
  });
  const response = {
    200: report.answer.describe('The answer.'),
    202: runningReport.describe('Not answered yet: poll `Location`.'),
    default: problem,
  };
  const answer = (reply: FastifyReply, caller: Caller, found: ReportState<object>) => {
    const state = seenBy(caller, found, report.mask);
    const location = `${path}/${state.id}`;
    reply.header('location', location);
    return sendState(reply, location, state);
  };

  const { summary, description, question } = report;
  app.post(
    path,
    { config, schema: { summary, description, tags, headers: waitHeaders, body: question, response } },
    async (request, reply) => {
      const state = await askOf(api, report, request.body, waitMsOf(request.headers.prefer));
      return answer(reply, request.caller, state);
    },
  );
  app.get(
    `${path}/:id`,
    { config, schema: { summary: 'A report asked for before', tags, headers: waitHeaders, params, response } },
    async ({ params: { id }, caller, headers: { prefer } }, reply) =>
      answer(reply, caller, await findReport<object>(client, id, waitMsOf(prefer))),
  );
  app.get(
    `${path}/:id/table`,
    {
      config,
      schema: {
        summary: 'The rows of an answer as a file: CSV or Parquet',
        tags,
        params,
        querystring: z.object({ format: z.enum(['csv', 'parquet']).default('csv') }),
        response: { default: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { format } = request.query;
      const state = seenBy(request.caller, await findReport<object>(client, id, DOWNLOAD_WAIT_MS), report.mask);
      if (state.status === 'running') {
        throw new HubError('NOT_READY', `the report "${id}" is not answered yet: poll ${path}/${id}`);
      }
      request.told = state.answer;
      const file = await writeTable(answerTable(report.kind, state.answer), format);
      return reply
        .type(MEDIA_TYPES[format])
        .header('content-disposition', `attachment; filename="${id}.${format}"`)
        .send(file as never);
    },
  );
  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        summary: 'Calls a running report off; one that is answered stays',
        tags,
        params,
        response: { 204: z.null().describe('Called off, or over already.'), default: problem },
      },
    },
    async ({ params: { id } }, reply) => {
      await cancelReport(client, id);
      return reply.code(204).send(null);
    },
  );
}
