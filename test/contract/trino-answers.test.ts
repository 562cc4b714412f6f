import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TrinoSession } from '../../adapters/open/trino/trino-session';

/** What stands where a Trino is expected, and answers one thing to whatever it is asked. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

let server: Server;
let answer: Answer;
let seen: string[];
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  seen = [];
  answer = { status: 200, body: '{}' };
});

async function withSession<T>(path: string, ask: (session: TrinoSession) => Promise<T>): Promise<T> {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;
  const session = new TrinoSession({ url, catalog: 'lake', schema: 'hub', user: 'hub' });
  return ask(session).finally(() => session.close());
}

it.each([
  [401, 'engines.trino.passwordVariable', /answered 401: who\?; .*passwordVariable names$/],
  [403, 'engines.trino.user', /answered 403: who\?; let the user/],
  [404, 'engines.trino.url', /answered 404: who\?; .*check engines\.trino\.url/],
])('an answer %s says which setting of hub.yaml to look at, and is not tried again', async (status, field, message) => {
  answer = { status, body: ' who?\n' };
  await withSession('', async (session) => {
    await expect(session.run('SELECT 1')).rejects.toMatchObject({
      ...{ code: 'LAKE_UNAVAILABLE', retryable: false, field },
      message: expect.stringMatching(message),
    });
  });
  expect(seen).toHaveLength(1);
});

it.each([
  ['', '/v1/statement'],
  ['/', '/v1/statement'],
  ['/trino//', '/trino/v1/statement'],
])('an address that ends with "%s" leads to %s', async (path, statement) => {
  await withSession(path, (session) => session.run('SELECT 1'));
  expect(seen).toEqual([`POST ${statement}`]);
});

it('whoever calls a query off does not wait for the nodes of a cluster', async () => {
  const error = { message: 'none', errorName: 'NO_NODES_AVAILABLE', errorType: 'INTERNAL_ERROR' };
  answer = { status: 200, body: JSON.stringify({ error }) };
  const abort = new AbortController();
  // Called off as soon as something waits that can be.
  const listen = abort.signal.addEventListener.bind(abort.signal);
  jest.spyOn(abort.signal, 'addEventListener').mockImplementation((...listener: Parameters<typeof listen>) => {
    listen(...listener);
    setImmediate(() => abort.abort());
  });
  await withSession('', async (session) => {
    await expect(session.run('SELECT 1', abort.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
  expect(seen).toHaveLength(1);
});
