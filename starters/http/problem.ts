import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../../core/errors';
import { z } from 'zod';
import { problemText, problemsOf, type Problem as FieldProblem } from '../../schemas/issues';

/** RFC 9457 problem details; `errors` names the fields at fault. */
export const problemSchema = z.object({
  type: z.string().describe('A stable name of the kind of problem.'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

export type Problem = z.infer<typeof problemSchema>;

const STATUS: Readonly<Record<string, number>> = {
  ACCESS_DENIED: 403,
  ACCESS_TOKEN_EXPIRED: 401,
  ACCESS_TOKEN_INVALID: 401,
  ACCESS_TOKEN_MISSING: 401,
  ACCESS_UNAVAILABLE: 503,
  AUDIT_UNAVAILABLE: 503,
  CANCELLED: 410,
  BODY_TOO_LARGE: 413,
  INGEST_BUSY: 429,
  INPUT_INVALID: 400,
  LANDING_UNAVAILABLE: 503,
  MEDIA_TYPE_UNSUPPORTED: 415,
  METHOD_NOT_ALLOWED: 405,
  COLUMN_UNKNOWN: 400,
  METHOD_UNAVAILABLE: 422,
  MODEL_LOADING: 503,
  NOT_FOUND: 404,
  EVENT_UNKNOWN: 422,
  CHANNEL_UNKNOWN: 422,
  ATTRIBUTE_UNKNOWN: 422,
  CUSTOMER_UNKNOWN: 422,
  PROFILE_UNKNOWN: 422,
  JOURNEY_INVALID: 422,
  MILESTONE_UNKNOWN: 422,
  EMBED_DASHBOARD_INVALID: 422,
  EMBED_DOMAINS_INVALID: 422,
  EMBED_FILTERS_INVALID: 422,
  EMBED_LIFETIME_INVALID: 422,
  EMBED_TAGS_INVALID: 422,
  EMBED_VIEWER_INVALID: 422,
  FILTER_UNKNOWN: 422,
  KPI_OUT_OF_SCOPE: 403,
  MODEL_UNKNOWN: 404,
  NOTHING_TO_SPLIT: 422,
  NEVER_DEPLOYED: 409,
  MODEL_DEPLOYMENT_FAILED: 502,
  NOTHING_WAITS: 409,
  MODEL_BUSY: 409,
  IDENTITY_ASSERTIONS_CONTRADICT: 409,
  QUESTION_TOO_LARGE: 422,
  RATE_LIMITED: 429,
  REPORT_CANCELLED: 410,
  TICKET_EXPIRED: 401,
  TICKET_INVALID: 401,
  RUN_BUSY: 409,
  NOT_READY: 409,
  NO_DATA: 503,
  TEMPORAL_UNAVAILABLE: 503,
};

/** What the framework finds wrong with a request before anything of the hub's looks at it, by status. */
const FRAMEWORK_CODES: Readonly<Record<number, string>> = {
  400: 'INPUT_INVALID',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  414: 'ADDRESS_TOO_LONG',
  415: 'MEDIA_TYPE_UNSUPPORTED',
};

/** A request that does not fit its schema; or that does, and means nothing: then its status is 422. */
export class InputInvalid extends Error {
  override readonly name = 'InputInvalid';

  constructor(
    readonly problems: readonly FieldProblem[],
    readonly status: 400 | 422 = 400,
  ) {
    super(problems.map(problemText).join('; '));
  }

  static of(error: z.ZodError): InputInvalid {
    // Rules that no schema tells are custom ones.
    const isMeaningless = error.issues.every(({ code }) => code === 'custom');
    return new InputInvalid(problemsOf(error), isMeaningless ? 422 : 400);
  }
}

/** Input that fits its schema; of other input, the fields at fault become a problem. */
export function checkInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw InputInvalid.of(result.error);
}

const INTERNAL_DETAIL = 'the hub failed to answer; its log says why';

/** Gives every error of the API one shape. */
export function installProblemDetails(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (input: unknown) => {
    const result = schema.safeParse(input, { reportInput: true });
    return result.success ? { value: result.data } : { error: InputInvalid.of(result.error) };
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error, request.url);
    if (problem.status >= 500) request.log.error({ err: error }, problem.title);
    // How callers say who they are (RFC 6750).
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    const { retryAfterMs } = error as Partial<HubError>;
    if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply) =>
    sendProblem(reply, {
      type: 'urn:journey-hub:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: `there is nothing at ${request.method} ${request.url}; see /docs`,
      instance: request.url,
    }),
  );
}

/** For errors in the request's URL, which come before any route: its handler takes the place of the framework's own. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(reply, problemOf(error, request.url));
}

/** Headers that are too large, and what is no HTTP: answered before the framework has a request. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const problem: Problem = {
    ...(isLarge ? kind('HEADERS_TOO_LARGE', 431) : kind('INPUT_INVALID', 400)),
    ...{ detail: isLarge ? 'the address and the headers are too large' : 'this is no HTTP request', instance: '' },
  };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Type: application/problem+json',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

/** What is said of an error. */
export function problemOf(error: Error & Partial<FastifyError>, instance: string): Problem {
  if (error instanceof InputInvalid) {
    const whole = (error as Partial<FastifyError>).validationContext ?? 'request';
    const errors = error.problems.map(({ field, message }) => ({ field: field === '' ? whole : field, message }));
    return { ...kind('INPUT_INVALID', error.status), detail: errors.map(problemText).join('; '), instance, errors };
  }
  if (error instanceof HubError) {
    const status = STATUS[error.code];
    // What the caller cannot mend may hold queries, paths or data.
    if (status === undefined) return { ...kind(error.code, 500), detail: INTERNAL_DETAIL, instance };
    const message = error.message.replace(`${error.field}: `, '');
    const errors = error.field === undefined ? {} : { errors: [{ field: error.field, message }] };
    return { ...kind(error.code, status), detail: error.message, instance, ...errors };
  }
  const status = error.statusCode ?? 500;
  const detail = status >= 500 ? INTERNAL_DETAIL : error.message;
  return { ...kind(FRAMEWORK_CODES[status] ?? 'INTERNAL', status), detail, instance };
}

function kind(code: string, status: number): Pick<Problem, 'type' | 'title' | 'status'> {
  const name = code.toLowerCase().replaceAll('_', '-');
  const words = name.replaceAll('-', ' ');
  return { type: `urn:journey-hub:problem:${name}`, title: words.charAt(0).toUpperCase() + words.slice(1), status };
}
