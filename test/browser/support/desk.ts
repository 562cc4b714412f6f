import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { LOOPBACK } from '../../../adapters/local/engines/ports';

const FOLDER = resolve('website', 'dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export interface Desk {
  readonly origin: string;
  /** The address of the demo page with a customer on the line. */
  page(customer: string, more?: Readonly<Record<string, string>>): string;
  /** Tokens that it gave, the newest last. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}

/** Another system's server, at the one origin that the sample hub lets ask: the demo page under a strict policy, and tokens. */
export async function openDesk(hub: string): Promise<Desk> {
  const port = Number(process.env['HUB_BROWSER_DESK_PORT']);
  const origin = `http://${LOOPBACK}:${port}`;
  const tokens: string[] = [];
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${hub}`,
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${hub}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    if (request.method === 'POST' && pathname === '/hub-token') {
      tokens.push(`token-${tokens.length + 1}`);
      response.end(tokens.at(-1));
      return;
    }
    const path = join(FOLDER, pathname);
    readFile(path).then(
      (content) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    ...{ origin, tokens },
    page: (customer, more = {}) =>
      `${origin}/demo/agent-desktop.html?${new URLSearchParams({ hub, customer, ...more }).toString()}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
