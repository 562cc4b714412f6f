import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectFolder } from './peers';

export interface Answer {
  readonly ms: number;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A model server that is asked so many times a second whatever it does (open loop: a slow answer does not hold up the next question). */
export interface ServedModel {
  /** Seconds until it answered. */
  readonly startS: number;
  readonly onOneCore: boolean;
  /** Latencies count from when a question was due. */
  ask(questions: readonly object[], seconds: number): Promise<Answer[]>;
  rssMb(): Promise<number>;
}

/** Questions a second. */
export const PER_SECOND = 200;

/** Serves a model from a process of its own, on one core where `taskset` can give it one. */
export async function withServedModel<T>(dir: string, work: (model: ServedModel) => Promise<T>): Promise<T> {
  const port = await freePort();
  const args = [join(projectFolder, 'bin', 'hub.js'), 'model', 'serve', '--dir', dir, '--port', String(port)];
  const onOneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const started = performance.now();
  const server = onOneCore
    ? spawn('taskset', ['-c', '0', process.execPath, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
    : spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await untilReady(port);
    const startS = (performance.now() - started) / 1000;
    return await work({
      startS,
      onOneCore,
      ask: (questions, seconds) => load(port, questions, seconds),
      rssMb: () => rssMb(server),
    });
  } finally {
    server.kill('SIGTERM');
  }
}

async function load(port: number, questions: readonly object[], seconds: number): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  for (let question = 0; question < seconds * PER_SECOND; question++) {
    const due = started + (question * 1000) / PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    answers.push(ask(agent, port, questions[question % questions.length]!, due));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

function ask(agent: Agent, port: number, question: object, due: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ agent, port, method: 'POST', path: '/invocations', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => {
        const told = JSON.parse(body) as Answer['body'];
        resolve({ ms: performance.now() - due, status: response.statusCode ?? 0, body: told });
      });
    });
    asked.on('error', reject).end(JSON.stringify(question));
  });
}

export function latencies(answers: readonly Answer[]): Record<string, number> {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  return { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
}

async function untilReady(port: number): Promise<void> {
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/ping`).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200) return;
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Where the system tells; 0 elsewhere. */
async function rssMb({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
