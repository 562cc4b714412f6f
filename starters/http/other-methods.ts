import type { RouteOptions } from 'fastify';
import { HubError } from '../../core/errors';
import type { App } from './hub-api';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'] as const;

/** Answers methods that a path does not have with those that it has (RFC 9110, 405). */
export function otherMethods() {
  const byPath = new Map<string, Set<string>>();
  return {
    /** Notes what paths have. */
    onRoute: ({ url, method }: Pick<RouteOptions, 'url' | 'method'>) => {
      const methods = byPath.get(url) ?? new Set();
      for (const one of [method].flat()) methods.add(one);
      byPath.set(url, methods);
    },
    /** Called once all routes are there. */
    refuse: (app: App) => {
      for (const [url, has] of [...byPath]) {
        const allowed = [...has].sort().join(', ');
        app.route({
          url,
          method: METHODS.filter((method) => !has.has(method)),
          config: { needs: 'nothing' },
          schema: { hide: true },
          // Before anybody looks at the body.
          onRequest: async (request, reply) => {
            void reply.header('allow', allowed);
            throw new HubError('METHOD_NOT_ALLOWED', `${request.method}: ${url} knows only ${allowed}`);
          },
          handler: () => undefined,
        });
      }
    },
  };
}
