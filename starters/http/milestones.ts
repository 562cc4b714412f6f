import { HubError } from '../../core/errors';
import { explainMilestone } from '../../core/milestones/explain';
import { parseJourney } from '../../core/milestones/journey-text';
import { didYouMean } from '../../core/text/closest-name';
import type { LakeTable } from '../../core/lake/tables';
import {
  customerMilestones,
  customerMilestonesPage,
  customerPath,
  milestoneDetails,
  milestoneFunnel,
  milestoneFunnelQuestion,
  milestoneList,
  milestoneQuestion,
  milestoneTest,
  milestoneTestQuestion,
} from '../../schemas/milestone-report';
import type { HubApi } from './hub-api';
import { problem, registerReport, runningReport, sendState } from './report-routes';
import { askReport, type ReportRequest } from './reports';
import { waitMsOf } from './prefer';

const TAGS = ['milestones'];
const COMPUTED: readonly LakeTable[] = ['milestones', 'milestone_runs'];

/** What customers reach on their journeys. */
export function registerMilestones(api: HubApi): void {
  const { app, client, versions, milestones = [] } = api;
  registerReport(api, {
    kind: 'milestone-funnel',
    workflow: 'milestoneFunnel',
    needs: 'answers:read',
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
      config: { needs: 'answers:read' },
      schema: {
        summary: 'All milestones with how often they were reached, and what is wrong with others',
        tags: TAGS,
        response: { 200: milestoneList, 202: runningReport, default: problem },
      },
    },
    async (_, reply) =>
      sendState(
        reply,
        '/v1/milestones',
        await ask({ workflow: 'milestoneList', kind: 'milestones', question: {} }, now()),
      ),
  );

  app.get(
    '/v1/milestones/:milestone',
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'A milestone: its spec, what it is compiled to, its versions, and how often it was reached by week',
        tags: TAGS,
        params: milestoneQuestion,
        response: { 200: milestoneDetails, 202: runningReport, default: problem },
      },
    },
    async ({ params: question }, reply) => {
      const path = `/v1/milestones/${encodeURIComponent(question.milestone)}`;
      return sendState(reply, path, await ask({ workflow: 'milestoneDetails', kind: 'milestone', question }, now()));
    },
  );

  app.post(
    '/v1/milestones/:milestone/test',
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'Whether a journey that is made up reaches a milestone, and why',
        description: 'As the files were when the API was started; nothing is kept, and nobody is asked.',
        tags: TAGS,
        params: milestoneQuestion,
        body: milestoneTestQuestion,
        response: { 200: milestoneTest, default: problem },
      },
    },
    async ({ params: { milestone }, body: { journey } }) => {
      const spec = milestones.find(({ name }) => name === milestone);
      if (spec === undefined) {
        const there = milestones.map(({ name }) => name);
        const message = `milestone: there is no milestone "${milestone}"${didYouMean(milestone, there)}; there are ${there.join(', ')}`;
        throw new HubError('NOT_FOUND', message, { field: 'milestone' });
      }
      const { reached, nextDue, conditions, unnamed } = explainMilestone(spec, parseJourney(journey), Infinity);
      return {
        reached: reached.map(({ reachedAt }) => reachedAt),
        ...(nextDue !== undefined && { nextDue }),
        conditions: conditions.map(({ condition, fitting, kept }) => ({
          condition,
          fitting: [...fitting],
          kept: [...kept],
        })),
        unnamed: [...unnamed],
      };
    },
  );

  app.get(
    '/v1/customers/:customer/milestones',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What a customer reached, by which events, as the graph has it now, the newest first',
        tags: TAGS,
        params: customerPath,
        querystring: customerMilestonesPage,
        response: { 200: customerMilestones, 202: runningReport, default: problem },
      },
    },
    async ({ params: { customer }, query }, reply) => {
      const path = `/v1/customers/${encodeURIComponent(customer)}/milestones?limit=${query.limit}&cursor=${query.cursor}`;
      const request = {
        workflow: 'customerMilestones',
        kind: 'customer-milestones',
        question: { customer, ...query },
      };
      return sendState(reply, path, await ask(request, now()));
    },
  );
}
