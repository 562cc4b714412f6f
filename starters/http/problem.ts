import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { HubError } from '../../core/errors';
import { z } from 'zod';

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
  INPUT_INVALID: 400,
  NOT_FOUND: 404,
  EVENT_UNKNOWN: 422,
  CHANNEL_UNKNOWN: 422,
  ATTRIBUTE_UNKNOWN: 422,
  CUSTOMER_UNKNOWN: 422,
  QUESTION_TOO_LARGE: 422,
  REPORT_CANCELLED: 410,
  NO_DATA: 503,
  TEMPORAL_UNAVAILABLE: 503,
};

const INTERNAL_DETAIL = 'the hub failed to answer; its log says why';

/** Gives every error of the API one shape. */
export function installProblemDetails(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error, request.url);
    if (problem.status >= 500) request.log.error({ err: error }, problem.title);
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

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function problemOf(error: FastifyError, instance: string): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      field: fieldOf(error.validationContext, issue.instancePath),
      message: issue.message ?? 'is not valid',
    }));
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return { ...kind('INPUT_INVALID', 400), detail, instance, errors };
  }
  if (error instanceof HubError) {
    const status = STATUS[error.code];
    // What the caller cannot mend may hold queries, paths or data.
    if (status === undefined) return { ...kind(error.code, 500), detail: INTERNAL_DETAIL, instance };
    const errors = error.field === undefined ? {} : { errors: [{ field: error.field, message: error.message }] };
    return { ...kind(error.code, status), detail: error.message, instance, ...errors };
  }
  const status = error.statusCode ?? 500;
  const detail = status >= 500 ? INTERNAL_DETAIL : error.message;
  return { ...kind(error.code ?? 'INTERNAL', status), detail, instance };
}

function kind(code: string, status: number): Pick<Problem, 'type' | 'title' | 'status'> {
  const name = code.toLowerCase().replaceAll('_', '-');
  const words = name.replaceAll('-', ' ');
  return { type: `urn:journey-hub:problem:${name}`, title: words.charAt(0).toUpperCase() + words.slice(1), status };
}

/** "body.steps" of the validation context "body" and the pointer "/steps". */
function fieldOf(context: string | undefined, pointer: string): string {
  const path = pointer.split('/').filter((part) => part !== '');
  return path.length === 0 ? (context ?? 'request') : path.join('.');
}
