import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Client } from '@temporalio/client';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LakeVersions } from '../../ports/lake';
import { registerFrequency } from './frequency';
import { installProblemDetails } from './problem';

export interface ApiDependencies {
  readonly client: Client;
  readonly versions: LakeVersions;
  /** The website's static files; absolute. */
  readonly siteFolder: string;
  readonly logLevel?: string;
}

type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What a capability needs to register its routes. */
export interface HubApi extends ApiDependencies {
  readonly app: App;
}

/** The hub's API, its documentation, and the website. */
export async function createApi(dependencies: ApiDependencies): Promise<App> {
  const app: App = fastify({
    logger: { level: dependencies.logLevel ?? 'info' },
    // A caller that keeps its connection open does not hold up the stop.
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installProblemDetails(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Journey Hub',
        version: '1',
        description: 'What do customers go through, where does it break, what happened to others on the same path?',
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  await app.register(fastifyStatic, { root: dependencies.siteFolder });
  await app.register(async (scope) => {
    const api = { ...dependencies, app: scope.withTypeProvider<ZodTypeProvider>() };
    registerHealth(api);
    registerFrequency(api);
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

function registerHealth({ app, versions }: HubApi): void {
  app.get(
    '/v1/health',
    {
      schema: {
        summary: 'Whether the hub answers, and how new its data is',
        tags: ['operations'],
        response: { 200: z.object({ status: z.literal('ok'), lakeVersion: z.number().int() }) },
      },
    },
    async () => ({ status: 'ok' as const, lakeVersion: await versions.version() }),
  );
}
