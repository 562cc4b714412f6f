import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';

export interface HttpFront {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves requests on loopback. One whose serving fails is cut off. */
export async function startHttpFront(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<HttpFront> {
  const port = await freePort();
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  if (upgrade !== undefined) server.on('upgrade', upgrade);
  await new Promise<void>((resolve) => server.listen(port, LOOPBACK, resolve));
  return {
    url: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
