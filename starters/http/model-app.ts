import fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import { HubError } from '../../core/errors';
import type { ProfileDesk } from '../../ports/profile-desk';
import type { PropensityDesk } from '../../ports/propensity-desk';
import { profileQuestion } from '../../schemas/model-server';
import { propensityQuestion } from '../../schemas/propensity-question';
import { answerFrameworkError, checkInput, installProblemDetails, problemOf, type Problem } from './problem';

/** As large as SageMaker lets an invocation be. */
const MOST_BYTES = 6 * 1024 * 1024;
const JSON_LINES = ['application/jsonlines', 'application/x-jsonlines', 'application/x-ndjson'];

/** Answers a question that somebody sent, once it is one. */
export type AnswerQuestion = (input: unknown) => Promise<object>;

/** Whose a profile is. */
export function ofProfiles(desk: ProfileDesk): AnswerQuestion {
  return (input) => desk.resolve(checkInput(profileQuestion, input));
}

/** What is likely to happen, and why. */
export function ofPropensities(desk: PropensityDesk): AnswerQuestion {
  return (input) => desk.answer(checkInput(propensityQuestion, input));
}

export interface ModelServerOptions {
  /** What answers, once the model is loaded. */
  readonly model: () => AnswerQuestion | undefined;
  /** Of the model, told with every answer: through SageMaker, too. */
  readonly version?: string | undefined;
  readonly logLevel?: string | undefined;
}

/**
 * The model server, as SageMaker calls containers: `GET /ping`, and `POST /invocations` with one question in JSON or many
 * in JSON Lines, which are answered line by line.
 */
export function createModelApp({ model, version, logLevel }: ModelServerOptions): FastifyInstance {
  const app = fastify({
    logger: { level: logLevel ?? 'info' },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MOST_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
  });
  installProblemDetails(app);
  app.addContentTypeParser(JSON_LINES, { parseAs: 'string' }, (_, body, done) => done(null, body));
  app.removeContentTypeParser('text/plain');
  const loaded = () => {
    const answer = model();
    if (answer !== undefined) return answer;
    throw loading();
  };
  app.get('/ping', (request, reply) => {
    if (model() !== undefined) return { status: 'ok' };
    // Asked again and again while the model is loaded: nothing to log.
    return reply.code(503).type('application/problem+json').send(problemOf(loading(), request.url));
  });
  app.post('/invocations', async (request, reply) => {
    const answer = loaded();
    const { body } = request;
    if (version !== undefined) void reply.header('x-amzn-sagemaker-custom-attributes', version);
    const isLines = JSON_LINES.includes(mediaType(request));
    if (!isLines) return answer(body);
    const lines = await Promise.all(linesOf(body as string).map((line) => answerLine(answer, line, request.url)));
    return reply.type('application/jsonlines').send(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  return app;
}

function loading(): HubError {
  return new HubError('MODEL_LOADING', 'the model is being loaded; ask again in a few seconds', { retryable: true });
}

async function answerLine(answer: AnswerQuestion, line: string, url: string): Promise<object | { error: Problem }> {
  try {
    return await answer(parsed(line));
  } catch (error) {
    return { error: problemOf(error as Error, url) };
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new HubError('INPUT_INVALID', 'the line is no JSON');
  }
}

function linesOf(body: string): string[] {
  return body.split('\n').filter((line) => line.trim() !== '');
}

function mediaType({ headers }: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}
