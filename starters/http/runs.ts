import { z } from 'zod';
import { runDetails, runList, runListQuestion, runPath, runStart, runStarted } from '../../schemas/runs';
import { cancelRun, findRun, listRuns, startRun } from '../runs';
import type { HubApi } from './hub-api';
import { problem } from './report-routes';

const TAGS = ['operations'];
const RUNS = '/v1/runs';

/** What ran and what runs: nights, their parts, and what people start. */
export function registerRuns({ app, client, temporalUiUrl = '' }: HubApi): void {
  app.get(
    RUNS,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'What ran and what runs, the newest first',
        description: 'Parts of runs are not listed beside them; the Temporal UI has everything.',
        tags: TAGS,
        querystring: runListQuestion,
        response: { 200: runList, default: problem },
      },
    },
    async ({ query }) => ({ runs: await listRuns(client, query, temporalUiUrl) }),
  );

  app.get(
    `${RUNS}/:id`,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'How far a run is, stage by stage, and what it came to',
        tags: TAGS,
        params: runPath,
        response: { 200: runDetails, default: problem },
      },
    },
    async ({ params: { id } }) => findRun(client, id, temporalUiUrl),
  );

  app.post(
    RUNS,
    {
      config: { needs: 'runs:change' },
      schema: {
        summary: 'Starts a run by hand: a night, milestones or scores for everybody',
        description: 'A night of the same date and sources that goes on already is joined.',
        tags: TAGS,
        body: runStart,
        response: { 201: runStarted, default: problem },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await startRun(client, body, temporalUiUrl)),
  );

  app.delete(
    `${RUNS}/:id`,
    {
      config: { needs: 'runs:change' },
      schema: {
        summary: 'Asks a run to end; what it committed stays',
        tags: TAGS,
        params: runPath,
        response: { 204: z.null().describe('Asked, or over already.'), default: problem },
      },
    },
    async ({ params: { id } }, reply) => {
      await cancelRun(client, id);
      return reply.code(204).send(null);
    },
  );
}
