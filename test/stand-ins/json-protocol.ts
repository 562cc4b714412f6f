import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';
import { messageOf } from '../../core/errors';

export type Body = Record<string, unknown>;
export type Operations = Readonly<Record<string, (body: Body) => Body | Promise<Body>>>;

export interface JsonService {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves operations of a service of AWS whose protocol is JSON 1.1; what they throw is the request's fault.
 *
 * @param refusal the name of such an error
 */
export async function serveJson(operations: Operations, refusal: string): Promise<JsonService> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: Body }> => {
    try {
      const target = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      const operation = operations[target];
      if (operation === undefined) throw new Error(`no operation ${target}`);
      return { status: 200, body: await operation(await bodyOf(request)) };
    } catch (error) {
      return { status: 400, body: { __type: refusal, Message: messageOf(error) } };
    }
  };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
      response.end(JSON.stringify(body));
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, LOOPBACK, resolve));
  return {
    url: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString()) as Body;
}
