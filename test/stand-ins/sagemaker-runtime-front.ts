import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';

export interface SageMakerRuntimeFront {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * SageMaker's runtime API before containers: an invocation goes to the container of its endpoint, and what that refuses
 * becomes a `ModelError` with its status and message.
 *
 * @param containers addresses by the names of endpoints
 */
export async function startSageMakerRuntime(
  containers: Readonly<Record<string, string>>,
): Promise<SageMakerRuntimeFront> {
  const port = await freePort();
  const server = createServer((request, response) => {
    void answer(containers, request, response).catch(() => response.destroy());
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    url: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  containers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = /^\/endpoints\/([^/]+)\/invocations$/.exec(request.url!)?.[1] ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const container = containers[name];
  if (container === undefined)
    return refuse(response, 400, 'ValidationError', { Message: `Endpoint ${name} of account 1 not found.` });
  const invoked = await fetch(`${container}/invocations`, {
    method: 'POST',
    headers: { 'content-type': request.headers['content-type']!, accept: request.headers.accept ?? '*/*' },
    body: Buffer.concat(chunks),
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
  response.writeHead(200, { 'content-type': invoked.headers.get('content-type')! });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, code: string, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify(body));
}
