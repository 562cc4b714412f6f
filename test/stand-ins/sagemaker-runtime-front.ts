import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startHttpFront, type HttpFront } from './http-front';

/** What a container may add to its answer, which is passed on. */
const ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/**
 * SageMaker's runtime API before containers: an invocation goes to the container of its endpoint, and what that refuses
 * becomes a `ModelError` with its status and message.
 *
 * @param containers addresses by the names of endpoints
 */
export function startSageMakerRuntime(containers: Readonly<Record<string, string>>): Promise<HttpFront> {
  return startHttpFront((request, response) => answer(containers, request, response));
}

async function answer(
  containers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = /^\/endpoints\/([^/]+)\/invocations$/.exec(request.url!)?.[1] ?? '';
  const asked = await buffer(request);
  const container = containers[name];
  if (container === undefined)
    return refuse(response, 400, 'ValidationError', { Message: `Endpoint ${name} of account 1 not found.` });
  const invoked = await fetch(`${container}/invocations`, {
    method: 'POST',
    headers: { 'content-type': request.headers['content-type']!, accept: request.headers.accept ?? '*/*' },
    body: asked,
  }).catch(() => undefined);
  const body = invoked === undefined ? Buffer.alloc(0) : Buffer.from(await invoked.arrayBuffer());
  if (invoked?.ok !== true) {
    const status = invoked?.status ?? 0;
    return refuse(response, 424, 'ModelError', {
      Message: `Received client error (${status}) from primary with message "${body.toString()}".`,
      OriginalStatusCode: status,
      OriginalMessage: body.toString(),
      LogStreamArn: `arn:aws:logs:eu-central-1:1:log-group:/aws/sagemaker/Endpoints/${name}`,
    });
  }
  const attributes = invoked.headers.get(ATTRIBUTES);
  response.writeHead(200, {
    'content-type': invoked.headers.get('content-type')!,
    ...(attributes !== null && { [ATTRIBUTES]: attributes }),
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, code: string, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify(body));
}
