import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';

/** What is done to a request instead of passing it on and its answer back. */
export type Fault =
  /** Answers with this status, and never asks the service. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Answers with an error of AWS, in XML or JSON as the one who asks would read it. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** Asks the service, and cuts the connection half-way through the answer's body, or before it begins. */
  | { readonly kind: 'cut'; readonly at: 'half-way' | 'answer' }
  /** Cuts the connection before the service is asked. */
  | { readonly kind: 'refuse' }
  /** Asks the service, and lets its answer wait. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Answers what it is told to. */
  | { readonly kind: 'answer'; answer(request: SeenRequest): Answer }
  /** Asks the service, and answers what is made of its answer. */
  | { readonly kind: 'rewrite'; rewrite(answer: Answer, request: SeenRequest): Answer };

export const THROTTLED: Fault & { kind: 'error' } = { kind: 'error', status: 400, code: 'ThrottlingException' };
export const SLOW_DOWN: Fault = { kind: 'error', status: 503, code: 'SlowDown' };
export const TOO_MANY: Fault = { kind: 'status', status: 429 };
export const UNAVAILABLE: Fault = { kind: 'status', status: 503 };
export const EXPIRED_TOKEN: Fault & { kind: 'error' } = { kind: 'error', status: 400, code: 'ExpiredToken' };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Empty for a request that was passed on without being looked at, and for an upgrade. */
  readonly body: Buffer;
}

export type Matches = (request: SeenRequest) => boolean;

/** Requests of an operation of a service whose protocol is JSON, as "PutItem". */
export function isOperation(operation: string): Matches {
  return ({ headers }) => String(headers['x-amz-target']).endsWith(`.${operation}`);
}

/**
 * A proxy before a service that does to the next requests what networks and busy services do. Requests that no fault
 * was ordered for pass, as do websockets.
 */
export class FaultProxy {
  /** All requests so far, those that a fault was done to included. */
  readonly seen: SeenRequest[] = [];
  private readonly orders: { left: number; readonly fault: Fault; readonly matches: Matches }[] = [];
  private readonly sockets = new Set<Duplex>();
  private readonly upgraded = new Set<Duplex>();

  private constructor(
    private readonly target: URL,
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    server.on('connection', (socket) => remember(this.sockets, socket));
  }

  /** @param target the service's address */
  static async start(target: string): Promise<FaultProxy> {
    const port = await freePort();
    const server = createServer();
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
    return new FaultProxy(new URL(target), server, `http://${LOOPBACK}:${port}`);
  }

  /** Orders a fault for the next so many requests, or of those that match. Orders are taken up in turn. */
  order(next: number, fault: Fault, matches: Matches = () => true): void {
    this.orders.push({ left: next, fault, matches });
  }

  /** Takes back what is ordered, and forgets what was seen. */
  reset(): void {
    this.orders.length = 0;
    this.seen.length = 0;
  }

  /** Cuts every websocket that is open. */
  cutWebsockets(): void {
    for (const socket of this.upgraded) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const seen = {
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        body: await buffer(request),
      };
      this.seen.push(seen);
      await this.give(seen, this.take(seen), response);
    } catch {
      // Whoever asked, or the service, went away: so does the connection.
      response.destroy();
    }
  }

  private async give(request: SeenRequest, fault: Fault | undefined, response: ServerResponse): Promise<void> {
    switch (fault?.kind) {
      case 'status':
        return write(response, { status: fault.status, headers: fault.headers ?? {}, body: Buffer.alloc(0) });
      case 'error':
        return write(response, errorAnswer(fault, request));
      case 'answer':
        return write(response, fault.answer(request));
      case 'hang':
        return;
      case 'refuse':
        return void response.destroy();
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await this.ask(request, gone.signal);
    if (fault?.kind === 'rewrite') return write(response, fault.rewrite(answer, request));
    if (fault?.kind === 'cut') return cut(response, answer, fault.at);
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    write(response, answer);
  }

  private async ask({ method, url, headers, body }: SeenRequest, signal: AbortSignal): Promise<Answer> {
    // The whole body is here already; nobody waits for a "100 Continue".
    const passed = { ...headers };
    delete passed.expect;
    const { hostname: host, port } = this.target;
    const request = httpRequest({ host, port, method, path: url, headers: passed, signal, agent: false });
    request.end(body);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) };
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const seen = { method: 'GET', url: request.url!, headers: request.headers, body: Buffer.alloc(0) };
    this.seen.push(seen);
    const fault = this.take(seen);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status' || fault?.kind === 'error')
      return void socket.end(`HTTP/1.1 ${fault.status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    if (fault !== undefined) return void socket.destroy();
    const service = connect(Number(this.target.port), this.target.hostname, () => {
      service.write(headOf(request));
      service.write(head);
      service.pipe(socket).pipe(service);
    });
    remember(this.upgraded, socket);
    endTogether(socket, service);
  }

  private take(request: SeenRequest): Fault | undefined {
    const order = this.orders.find(({ left, matches }) => left > 0 && matches(request));
    if (order === undefined) return undefined;
    order.left -= 1;
    return order.fault;
  }
}

/** The service's own way to frame a body does not fit one that is sent whole. */
const FRAMING = ['connection', 'keep-alive', 'transfer-encoding'];

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, framed(headers, body.length));
  response.end(body);
}

function framed(headers: Answer['headers'], length: number): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !FRAMING.includes(name));
  // What HEAD tells is the length of what GET would have.
  return { 'content-length': String(length), ...(Object.fromEntries(kept) as Record<string, string>) };
}

function cut(response: ServerResponse, { status, headers, body }: Answer, at: 'half-way' | 'answer'): void {
  if (at === 'answer') return void response.destroy();
  response.writeHead(status, framed(headers, body.length));
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

function errorAnswer({ status, code }: Fault & { kind: 'error' }, request: SeenRequest): Answer {
  const isJson = `${request.headers['content-type']}${request.headers['accept']}`.includes('json');
  if (isJson || request.headers['x-amz-target'] !== undefined) {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
    // Neptune has the code in the body; other services the type, under one name or two.
    const body = { __type: code, code, message: 'as ordered', detailedMessage: 'as ordered', requestId: 'ordered' };
    return { status, headers, body: Buffer.from(JSON.stringify(body)) };
  }
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as ordered</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function remember(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function endTogether(one: Duplex, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
  }
}
