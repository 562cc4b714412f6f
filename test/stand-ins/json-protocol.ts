import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { messageOf } from '../../core/errors';
import { startHttpFront, type HttpFront } from './http-front';

export type Body = Record<string, unknown>;
export type Operations = Readonly<Record<string, (body: Body) => Body | Promise<Body>>>;

/**
 * Serves operations of a service of AWS whose protocol is JSON 1.1; what they throw is the request's fault.
 *
 * @param refusal the name of such an error
 */
export async function serveJson(operations: Operations, refusal: string): Promise<HttpFront> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: Body }> => {
    try {
      const target = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      const operation = operations[target];
      if (operation === undefined) throw new Error(`no operation ${target}`);
      return { status: 200, body: await operation((await json(request)) as Body) };
    } catch (error) {
      return { status: 400, body: { __type: refusal, Message: messageOf(error) } };
    }
  };
  return startHttpFront(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
    response.end(JSON.stringify(body));
  });
}
