import type { FastifyReply, FastifyRequest } from 'fastify';
import { customersIn, type AuditEntry } from '../../core/audit/entry';
import type { AuditLog } from '../../ports/audit-log';
import type { App } from './hub-api';
import { problemOf } from './problem';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller is told, where it is not all in the answer as it is sent. */
    told: unknown;
  }
}

/** What is of nobody, or comes too often, is not in the log, unless it is refused. */
const UNTOLD: ReadonlySet<string> = new Set(['nothing', 'answers:read', 'events:post']);
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Keeps who saw or changed what before they are answered: without an entry in the log, nobody is. */
export function registerAudit(app: App, audit: AuditLog): void {
  app.decorateRequest('told');
  app.addHook('preSerialization', async (request, _, payload) => {
    request.told ??= payload;
    return payload;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isAudited(request, reply)) return payload;
    try {
      await audit.append(entryOf(request, reply));
      return payload;
    } catch (error) {
      const problem = problemOf(error as Error, request.url);
      request.log.error({ err: error }, problem.title);
      void reply.code(problem.status).type('application/problem+json').removeHeader('content-length');
      return JSON.stringify(problem);
    }
  });
}

function isAudited({ routeOptions: { config } }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return REFUSED.has(statusCode) || !UNTOLD.has(config.needs ?? 'nothing');
}

function entryOf(request: FastifyRequest, { statusCode }: FastifyReply): AuditEntry {
  const { method, routeOptions, params, body, query, ip } = request;
  return {
    at: new Date().toISOString(),
    // Who was refused before they were known has no name.
    caller: (request.caller as FastifyRequest['caller'] | undefined)?.name ?? 'unknown',
    from: ip,
    action: `${method} ${routeOptions.url ?? ''}`,
    status: statusCode,
    ...customersIn(params, body, query, request.told),
  };
}
