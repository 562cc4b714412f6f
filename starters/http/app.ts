import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify from 'fastify';
import { jsonSchemaTransform, serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { registerAccess } from './access';
import { registerAudit } from './audit';
import { registerCustomer360 } from './customer360';
import { registerDashboards } from './dashboards';
import { registerEvents } from './events';
import { registerFrequency } from './frequency';
import { registerHealth } from './health';
import type { ApiDependencies, App } from './hub-api';
import { registerIdentity } from './identity';
import { registerKpis } from './kpis';
import { registerMilestones } from './milestones';
import { registerNotifications } from './notifications';
import { registerOperations } from './operations';
import { otherMethods } from './other-methods';
import { answerBrokenRequest, answerFrameworkError, installProblemDetails } from './problem';
import { openApiObject } from './openapi';
import { registerPropensity } from './propensity';
import { registerQuarantine } from './quarantine';
import { registerRuns } from './runs';
import { registerSchedules } from './schedules';
import { registerSimilarity } from './similarity';
import { registerSite } from './site';

/** As they come, each character of a name being up to twelve of an address. */
const MOST_PARAMETER_CHARACTERS = 4_000;

/** The hub's API, its documentation, and the website. */
export async function createApi(dependencies: ApiDependencies): Promise<App> {
  const app: App = fastify({
    logger: { level: dependencies.logLevel ?? 'info' },
    // A caller that keeps its connection open does not hold up the stop.
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerBrokenRequest,
    // Schemas say how long parameters may be.
    routerOptions: { maxParamLength: MOST_PARAMETER_CHARACTERS },
  }).withTypeProvider<ZodTypeProvider>();
  app.setSerializerCompiler(serializerCompiler);
  installProblemDetails(app);
  acceptEmptyBodies(app);
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
    transformObject: openApiObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs', theme: { title: 'Journey Hub API' }, logo: hubLogo });
  const { siteFolder, origins = [] } = dependencies;
  // Widgets ask from pages of other systems, which say so; nobody else's pages read what the hub answers.
  await app.register(cors, { origin: [...origins], exposedHeaders: ['location', 'retry-after'] });
  await registerSite(app, siteFolder, origins);
  const methods = otherMethods();
  await app.register(async (scope) => {
    scope.addHook('onRoute', methods.onRoute);
    const api = { ...dependencies, app: scope.withTypeProvider<ZodTypeProvider>() };
    if (dependencies.guard !== undefined) registerAudit(api.app, dependencies.guard.audit);
    await registerAccess(api.app, dependencies.guard);
    registerHealth(api);
    registerOperations(api);
    registerQuarantine(api);
    registerRuns(api);
    registerSchedules(api);
    registerFrequency(api);
    registerSimilarity(api);
    registerIdentity(api);
    registerMilestones(api);
    registerNotifications(api);
    registerPropensity(api);
    registerKpis(api);
    registerDashboards(api);
    registerCustomer360(api);
    await registerEvents(api);
    methods.refuse(api.app);
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

/** Many clients call every body JSON, also where there is none. */
function acceptEmptyBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/** A name in letters, in place of the web framework's picture. */
const hubLogo = {
  type: 'image/svg+xml',
  content: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 30"><text y="22" font-family="sans-serif" font-size="20" fill="#fff">Journey Hub</text></svg>',
  ),
};
