import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { HubError } from '../../core/errors';
import { journeyFrequencyAnswer, journeyFrequencyQuestion, type JourneyFrequencyAnswer } from '../../schemas/frequency';
import type { HubApi } from './hub-api';
import { problemSchema } from './problem';
import { askReport, findReport, type ReportState } from './reports';
import { waitMsOf } from './prefer';

const PATH = '/v1/reports/journey-frequency';

const runningReport = z.object({ id: z.string(), status: z.literal('running'), poll: z.string() });
const responses = {
  200: journeyFrequencyAnswer.describe('The answer.'),
  202: runningReport.describe('Not answered yet: poll `Location`.'),
  default: problemSchema.describe('What is wrong, naming the field.'),
};
const headers = z.object({
  prefer: z
    .string()
    .optional()
    .describe('`wait=N`: how many seconds to wait for the answer; 10 by default, 60 at most.'),
});

/** The journey frequency analyzer: which journeys lead to an event, or away from it. */
export function registerFrequency({ app, client, versions }: HubApi): void {
  app.post(
    PATH,
    {
      schema: {
        summary: 'The most frequent journeys that end with an event, or start from it',
        description:
          'A journey is the up to `steps` steps up to and including the first such event of each customer, or from it on.',
        tags: ['journeys'],
        headers,
        body: journeyFrequencyQuestion,
        response: responses,
      },
    },
    async (request, reply) => {
      const dataRevision = await versions.tableRevision('journeys');
      if (dataRevision === '') {
        throw new HubError('NO_DATA', 'the hub holds no journeys yet: run `hub run nightly` and ask again');
      }
      const report = await askReport<JourneyFrequencyAnswer>(
        client,
        {
          workflow: 'journeyFrequency',
          kind: 'journey-frequency',
          question: request.body,
          dataRevision,
          lakeVersion: await versions.version(),
        },
        waitMsOf(request.headers.prefer),
      );
      return answer(reply, report);
    },
  );

  app.get(
    `${PATH}/:id`,
    {
      schema: {
        summary: 'A report asked for before',
        tags: ['journeys'],
        headers,
        params: z.object({
          id: z.string().regex(/^journey-frequency-[0-9a-f]{24}$/, 'is not the id of such a report'),
        }),
        response: responses,
      },
    },
    async (request, reply) =>
      answer(
        reply,
        await findReport<JourneyFrequencyAnswer>(client, request.params.id, waitMsOf(request.headers.prefer)),
      ),
  );
}

function answer(reply: FastifyReply, report: ReportState<JourneyFrequencyAnswer>): FastifyReply {
  const location = `${PATH}/${report.id}`;
  reply.header('location', location);
  if (report.status === 'done') return reply.code(200).send(report.answer);
  return reply.code(202).header('retry-after', '1').send({ id: report.id, status: 'running', poll: location });
}
