import type { FastifyReply } from 'fastify';
import type { LakeTable } from '../../core/lake/tables';
import {
  customerMilestones,
  customerMilestonesQuestion,
  milestoneDetails,
  milestoneFunnel,
  milestoneFunnelQuestion,
  milestoneList,
  milestoneQuestion,
} from '../../schemas/milestone-report';
import type { HubApi } from './hub-api';
import { problem, registerReport, runningReport } from './report-routes';
import { askReport, type ReportRequest, type ReportState } from './reports';
import { waitMsOf } from './prefer';

const TAGS = ['milestones'];
const COMPUTED: readonly LakeTable[] = ['milestones', 'milestone_runs'];

/** What customers reach on their journeys. */
export function registerMilestones(api: HubApi): void {
  const { app, client, versions } = api;
  registerReport(api, {
    kind: 'milestone-funnel',
    workflow: 'milestoneFunnel',
    tags: TAGS,
    summary: 'How many customers get from milestone to milestone, how fast, and who does not',
    description:
      'Each customer is followed from the first time that the first milestone was reached; the numbers are those of the last computation for everybody.',
    question: milestoneFunnelQuestion,
    answer: milestoneFunnel,
    from: COMPUTED,
  });

  /** @param moment what the answer depends on beside the question */
  const ask = async (request: Pick<ReportRequest, 'workflow' | 'kind' | 'question'>, moment: string) => {
    const lakeVersion = await versions.version();
    return askReport<object>(client, { ...request, dataRevision: moment, lakeVersion }, waitMsOf(undefined));
  };
  // Also what is awaited and stored may change, so that no answer is kept.
  const now = () => String(Date.now());

  app.get(
    '/v1/milestones',
    {
      schema: {
        summary: 'All milestones with how often they were reached, and what is wrong with others',
        tags: TAGS,
        response: { 200: milestoneList, 202: runningReport, default: problem },
      },
    },
    async (_, reply) =>
      answer(
        reply,
        '/v1/milestones',
        await ask({ workflow: 'milestoneList', kind: 'milestones', question: {} }, now()),
      ),
  );

  app.get(
    '/v1/milestones/:milestone',
    {
      schema: {
        summary: 'A milestone: its spec, what it is compiled to, its versions, and how often it was reached by week',
        tags: TAGS,
        params: milestoneQuestion,
        response: { 200: milestoneDetails, 202: runningReport, default: problem },
      },
    },
    async ({ params: question }, reply) => {
      const path = `/v1/milestones/${encodeURIComponent(question.milestone)}`;
      return answer(reply, path, await ask({ workflow: 'milestoneDetails', kind: 'milestone', question }, now()));
    },
  );

  app.get(
    '/v1/customers/:customer/milestones',
    {
      schema: {
        summary: 'What a customer reached, by which events, as the graph has it now',
        tags: TAGS,
        params: customerMilestonesQuestion,
        response: { 200: customerMilestones, 202: runningReport, default: problem },
      },
    },
    async ({ params: question }, reply) => {
      const path = `/v1/customers/${encodeURIComponent(question.customer)}/milestones`;
      const request = { workflow: 'customerMilestones', kind: 'customer-milestones', question };
      return answer(reply, path, await ask(request, now()));
    },
  );
}

/** Where it is not settled yet, the caller is told to ask again. */
function answer(reply: FastifyReply, path: string, state: ReportState<object>): FastifyReply {
  if (state.status === 'done') return reply.code(200).send(state.answer);
  return reply
    .code(202)
    .header('location', path)
    .header('retry-after', '1')
    .send({ id: state.id, status: 'running', poll: path });
}
