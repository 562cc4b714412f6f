import { z } from 'zod';
import { journeyCut } from '../../schemas/frequency';
import type { HubApi } from './hub-api';

const TAGS = ['operations'];

/** What a page or another system needs to know of the hub before it asks anything. */
export function registerOperations({ app, settings, versions }: HubApi): void {
  app.get(
    '/v1/health',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: 'Whether the hub answers, and how new its data is',
        tags: TAGS,
        response: { 200: z.object({ status: z.literal('ok'), lakeVersion: z.number().int() }) },
      },
    },
    async () => ({ status: 'ok' as const, lakeVersion: await versions.version() }),
  );

  app.get(
    '/v1/hub',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: "The hub's name, its time zone, and the question it is asked first",
        tags: TAGS,
        response: {
          200: z.object({ name: z.string(), timezone: z.string(), firstQuestion: journeyCut.optional() }),
        },
      },
    },
    () => {
      const { name, timezone, firstQuestion } = settings;
      return { name, timezone, ...(firstQuestion === undefined ? {} : { firstQuestion }) };
    },
  );
}
