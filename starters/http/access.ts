import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { ANYBODY, isLimited, type Caller, type Permission } from '../../core/access/permissions';
import { HubError } from '../../core/errors';
import type { AuditLog } from '../../ports/audit-log';
import type { App } from './hub-api';
import type { ReportState } from './reports';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** What callers of the route must be let do; `nothing` where it asks itself, or tells what everybody may know. */
    needs?: Permission | 'nothing';
    /** Whether it holds callers to the rows that they may see; others are refused to those who are limited. */
    holdsToRows?: boolean;
  }
}

/** Tells whose a token is. */
export interface Gate {
  /** @throws HubError ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED; retryable: ACCESS_UNAVAILABLE */
  callerOf(token: string): Promise<Caller>;
}

/** What is between callers and the hub. */
export interface Guard {
  readonly gate: Gate;
  readonly audit: AuditLog;
  /** Of one caller. */
  readonly requestsPerMinute: number;
}

/**
 * Asks callers who they are, and lets them do what they may.
 *
 * @param guard left out where everybody may do everything
 */
export async function registerAccess(app: App, guard: Omit<Guard, 'audit'> | undefined): Promise<void> {
  app.addHook('onRoute', ({ config, method, path }) => {
    if (config?.needs === undefined) throw new Error(`${String(method)} ${path} does not say what callers need`);
  });
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => {
    request.caller = guard === undefined ? ANYBODY : await admit(guard.gate, request);
  });
  if (guard === undefined) return;
  const { requestsPerMinute } = guard;
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    keyGenerator: ({ caller }: FastifyRequest) => caller.name,
    errorResponseBuilder: (_, { ttl }) =>
      new HubError('RATE_LIMITED', `more than ${requestsPerMinute} requests a minute: wait`, { retryAfterMs: ttl }),
  });
}

/** An answer as a caller may see it: masked where they may not know who customers are in life. */
export function seenBy(
  { may }: Pick<Caller, 'may'>,
  state: ReportState<object>,
  mask: ((answer: object) => object) | undefined,
): ReportState<object> {
  if (state.status !== 'done' || mask === undefined || may.has('customers:identify')) return state;
  return { ...state, answer: mask(state.answer) };
}

async function admit(gate: Gate, { headers, routeOptions: { config } }: FastifyRequest): Promise<Caller> {
  const { needs, holdsToRows = false } = config;
  if (needs === undefined || needs === 'nothing') return ANYBODY;
  const caller = await gate.callerOf(bearerOf(headers.authorization));
  if (!caller.may.has(needs)) {
    throw new HubError('ACCESS_DENIED', `${caller.name} lacks the permission ${needs}`);
  }
  if (isLimited(caller) && !holdsToRows) {
    const dimensions = Object.keys(caller.rows).join(', ');
    throw new HubError(
      'ACCESS_DENIED',
      `${caller.name} sees only some of ${dimensions}, to which this cannot be limited`,
    );
  }
  return caller;
}

function bearerOf(header: string | undefined): string {
  const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (token !== undefined) return token;
  throw new HubError('ACCESS_TOKEN_MISSING', 'expected the header `authorization: Bearer …` with a key or a token');
}
