import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AwsCredentialIdentity } from '@smithy/types';
import { WebSocket, WebSocketServer } from 'ws';
import { elementsOf, idsOf } from '../../adapters/gremlin/contents';
import { Turns } from '../../adapters/gremlin/sequences';
import { ServerConnection } from '../../adapters/gremlin/server-connection';
import { LOOPBACK } from '../../adapters/local/engines/ports';
import type { GraphElement } from '../../core/graph/elements';
import { failureFrame, isConflict, isWriting, requestIdOf, statusOf } from './neptune-frames';
import { ChangeRecord, nameOf, refusal, type Elements, type StreamAnswer } from './neptune-record';
import { signatureProblem } from './neptune-signature';
import { startTransactionalGremlin } from './transactional-gremlin';
import { engineUsed } from '../support/used-engines';

export const FRONT_REGION = 'eu-central-1';

/** What the front is to do wrong. */
export interface FrontFailure {
  /** Neptune's name of it, or what happens to the connection. */
  readonly code: string | 'cut' | 'cut-after' | 'hang';
  readonly status?: number;
  /** How many requests it befalls. */
  readonly times: number;
}

/** Answers a path of Neptune's HTTP API other than the stream; undefined where there is no such path. */
export type HttpPart = (method: string, url: URL, body: Buffer) => Promise<StreamAnswer | undefined>;

/** A cluster of Neptune, made of a Gremlin Server with transactions: websocket, stream, and what else is given. */
export class NeptuneFront {
  /** Requests that came, failed ones included. */
  gremlinRequests = 0;
  httpRequests = 0;
  /** Transactions that were rolled back since others were in the way. */
  conflicts = 0;
  /** Websockets that were opened. */
  connections = 0;
  readonly record = new ChangeRecord();
  /** Who may come in; empty where the cluster is without IAM authentication. */
  readonly users = new Map<string, AwsCredentialIdentity>();
  /** Is told of every Gremlin request as it comes. */
  onRequest: () => void = () => undefined;
  httpPart: HttpPart = () => Promise.resolve(undefined);

  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly failing: { code: string; status: number; times: number }[] = [];
  private readonly failingHttp: { code: string; status: number; times: number }[] = [];
  private readonly writes = new Turns();
  private known: Elements = new Map();

  private constructor(
    private readonly upstream: string,
    private readonly server: Server,
    private readonly own: ServerConnection,
    private readonly onStop: () => Promise<void>,
  ) {
    server.on('request', (request, response) => void this.answerHttp(request, response));
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
  }

  static async start(): Promise<NeptuneFront> {
    const gremlin = await startTransactionalGremlin();
    const own = await ServerConnection.open({ url: gremlin.url, requestMs: 60_000 });
    engineUsed('front of Neptune');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
    return new NeptuneFront(gremlin.url, server, own, async () => {
      await own.close();
      await gremlin.stop();
    });
  }

  get url(): string {
    return `http://${LOOPBACK}:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether requests were signed by somebody known is asked only where somebody is. */
  requireSignature(...users: readonly AwsCredentialIdentity[]): void {
    this.users.clear();
    for (const user of users) this.users.set(user.accessKeyId, user);
  }

  /** Has the next Gremlin requests go wrong. */
  fail({ code, status = 500, times }: FrontFailure): void {
    this.failing.push({ code, status, times });
  }

  /** Has the next HTTP requests go wrong. */
  failHttp({ code, status = 500, times }: FrontFailure): void {
    this.failingHttp.push({ code, status, times });
  }

  /** As when the instance is restarted: every connection breaks. */
  cutConnections(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  /** Does something to the graph itself, and notes what came of it. */
  change(work: (server: ServerConnection) => Promise<unknown>): Promise<void> {
    return this.writes.take(async () => {
      await work(this.own);
      await this.noteChanges();
    });
  }

  async reset(): Promise<void> {
    await this.own.query((g) => g.V().drop());
    this.known = new Map();
    this.record.clear();
    this.users.clear();
    this.failing.length = 0;
    this.failingHttp.length = 0;
    this.onRequest = () => undefined;
    [this.gremlinRequests, this.httpRequests, this.connections, this.conflicts] = [0, 0, 0, 0];
  }

  async stop(): Promise<void> {
    this.cutConnections();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.onStop();
  }

  private async noteChanges(): Promise<void> {
    const elements: GraphElement[] = [];
    for (const kind of ['vertex', 'edge'] as const) {
      const ids = await idsOf(this.own, kind, 'no label is hidden from a stream');
      if (ids.length > 0) elements.push(...(await elementsOf(this.own, kind, ids)));
    }
    const now = new Map(elements.map((element) => [nameOf(element), element]));
    this.record.note(this.known, now);
    this.known = now;
  }

  private async answerHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.httpRequests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const failure = next(this.failingHttp);
    if (failure?.code === 'cut') return void request.socket.destroy();
    const { status, body: text } = failure
      ? refusal(failure.code, 'made up by a test', failure.status)
      : await this.httpAnswer(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  private async httpAnswer(request: IncomingMessage, body: Buffer): Promise<StreamAnswer> {
    const problem = await this.problemOf(request, body);
    if (problem !== undefined) return refusal('AccessDeniedException', problem, 403);
    const url = new URL(request.url!, this.url);
    if (url.pathname === '/propertygraph/stream') return this.record.answer(url.searchParams);
    const answer = await this.httpPart(request.method!, url, body);
    return answer ?? refusal('BadRequestException', `no path ${url.pathname}`, 404);
  }

  /** Websockets that are open. */
  get open(): number {
    return this.sockets.clients.size;
  }

  private async problemOf(request: IncomingMessage, body: Buffer): Promise<string | undefined> {
    return this.users.size === 0 ? undefined : signatureProblem(request, body, this.users, FRONT_REGION);
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const problem = await this.problemOf(request, Buffer.alloc(0));
    if (problem !== undefined) {
      const { body } = refusal('AccessDeniedException', problem);
      const length = `content-length: ${Buffer.byteLength(body)}`;
      socket.end(`HTTP/1.1 403 Forbidden\r\nconnection: close\r\n${length}\r\n\r\n${body}`);
      return;
    }
    this.connections++;
    this.sockets.handleUpgrade(request, socket, head, (client) => this.passOn(client));
  }

  /** Passes frames on in both directions; what a write answers waits until the record has what it changed. */
  private passOn(client: WebSocket): void {
    const server = new WebSocket(this.upstream);
    const opened = new Promise((resolve) => server.once('open', resolve));
    const waiting = new Map<string, (answer: Buffer) => void>();
    client.on('message', (data) => {
      const request = data as Buffer;
      const failure = this.failureOf();
      const requestId = requestIdOf(request);
      if (failure?.code === 'cut') return client.terminate();
      if (failure?.code === 'hang') return;
      if (failure !== undefined && failure.code !== 'cut-after')
        return client.send(failureFrame(requestId, failure.status, failure.code));
      if (!isWriting(request)) return void opened.then(() => server.send(request));
      void (async () => {
        await opened;
        const answers = await answersTo(requestId, server, request, waiting);
        await this.writes.take(() => this.noteChanges());
        if (failure?.code === 'cut-after') return client.terminate();
        for (const answer of answers) client.send(this.inNeptunesWords(requestId, answer));
      })();
    });
    server.on('message', (data) => {
      const answer = data as Buffer;
      const writing = waiting.get(statusOf(answer).requestId);
      if (writing !== undefined) writing(answer);
      else client.send(answer);
    });
    client.on('close', () => server.close());
    server.on('close', () => client.terminate());
    for (const socket of [client, server]) socket.on('error', () => client.terminate());
  }

  private inNeptunesWords(requestId: string, answer: Buffer): Buffer {
    if (!isConflict(answer)) return answer;
    this.conflicts++;
    return failureFrame(requestId, 500, 'ConcurrentModificationException');
  }

  private failureOf(): { code: string; status: number } | undefined {
    this.gremlinRequests++;
    this.onRequest();
    return next(this.failing);
  }
}

function next(
  failures: { code: string; status: number; times: number }[],
): { code: string; status: number } | undefined {
  const first = failures[0];
  if (first !== undefined && --first.times === 0) failures.shift();
  return first;
}

/** All frames of the answer to a request; none where the connection ends before. */
function answersTo(
  requestId: string,
  server: WebSocket,
  request: Buffer,
  waiting: Map<string, (answer: Buffer) => void>,
): Promise<Buffer[]> {
  const answers: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = () => {
      waiting.delete(requestId);
      server.off('close', finish);
      resolve(answers);
    };
    waiting.set(requestId, (answer) => {
      answers.push(answer);
      if (!statusOf(answer).isPartial) finish();
    });
    server.once('close', finish);
    if (server.readyState === WebSocket.OPEN) server.send(request);
    else finish();
  });
}
