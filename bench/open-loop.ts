import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly ms: number;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where a server of this machine is asked, and how. */
export interface Asked {
  readonly port: number;
  readonly path: string;
  readonly contentType: string;
}

/**
 * Asks so many times a second whatever the server does: a slow answer does not hold up the next question. Latencies count from when a
 * question was due.
 *
 * @param bodies are sent one after the other, again and again
 */
export async function openLoop(
  asked: Asked,
  bodies: (question: number) => string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  for (let question = 0; question < seconds * perSecond; question++) {
    const due = started + (question * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    answers.push(ask(agent, asked, bodies(question), due));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

function ask(agent: Agent, { port, path, contentType }: Asked, question: string, due: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType };
    const sent = request({ agent, port, method: 'POST', path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => {
        const told = JSON.parse(body) as Answer['body'];
        resolve({ ms: performance.now() - due, status: response.statusCode ?? 0, body: told });
      });
    });
    sent.on('error', reject).end(question);
  });
}

export function latencies(answers: readonly Answer[]): Record<string, number> {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  return { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
}

export async function untilReady(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200) return;
    await sleep(50);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Where the system tells; 0 elsewhere. */
export async function rssMb({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
