import { z } from 'zod';
import { messageOf } from '../../core/errors';
import type { HubApi } from './hub-api';

const TAGS = ['operations'];
/** An engine that does not answer in this time is taken for gone, in milliseconds. */
const ANSWER_MS = 2_000;

const readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  checks: z.array(z.object({ name: z.string(), problem: z.string().optional() })),
});

/** Whether a process of the API lives, and whether it can be sent questions: for whatever starts and feeds it. */
export function registerHealth({ app, client, versions }: HubApi): void {
  app.get(
    '/healthz',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: 'Whether this process lives, whatever it depends on',
        tags: TAGS,
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  const checks = {
    temporal: () => client.withDeadline(Date.now() + ANSWER_MS, () => client.workflowService.getSystemInfo({})),
    lake: () => versions.version(),
  };
  app.get(
    '/readyz',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: 'Whether this process can answer questions, and what it lacks where it cannot',
        tags: TAGS,
        response: { 200: readiness, 503: readiness },
      },
    },
    async (request, reply) => {
      const found = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          const failed = await within(check).catch((error: unknown) => messageOf(error));
          if (failed !== undefined) request.log.warn(`not ready: ${name}: ${failed}`);
          // What an engine says may have addresses in it, which are for the log.
          return failed === undefined ? { name } : { name, problem: 'does not answer' };
        }),
      );
      const isReady = found.every(({ problem }) => problem === undefined);
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks: found });
    },
  );
}

async function within(check: () => Promise<unknown>): Promise<undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}
