import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { print } from './measure';
import { projectFolder } from './peers';
import { PEOPLE, withTrainedPeople, type TrainedPeople } from './trained-people';

const NAME = 'identity-server';
const PER_SECOND = 200;
const SECONDS = 15;
const WARM_UP_S = 2;

/**
 * The model server with a million records, on one core where `taskset` can give it one, asked 200 times a second whatever
 * it does (open loop: a slow answer does not hold up the next question). Latencies count from when a question was due.
 */
export async function identityServerBench(): Promise<void> {
  await withTrainedPeople(NAME, async ({ model, profiles }) => {
    const port = await freePort();
    const args = [join(projectFolder, 'bin', 'hub.js'), 'model', 'serve', '--dir', model, '--port', String(port)];
    const onOneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
    const started = performance.now();
    const server = onOneCore
      ? spawn('taskset', ['-c', '0', process.execPath, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
      : spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      await untilReady(port);
      const startS = (performance.now() - started) / 1000;
      await load(port, profiles, WARM_UP_S);
      const answers = await load(port, profiles, SECONDS);
      print({
        bench: NAME,
        tool: 'hub',
        records: PEOPLE - profiles.length,
        one_core: onOneCore,
        per_second: PER_SECOND,
        seconds: SECONDS,
        start_s: startS,
        ...latencies(answers),
        failed: answers.filter(({ status }) => status !== 200).length,
        resolved: answers.filter(({ customerId }) => typeof customerId === 'string').length / answers.length,
        rss_mb: await rssMb(server),
      });
    } finally {
      server.kill('SIGTERM');
    }
  });
}

interface Answer {
  readonly ms: number;
  readonly status: number;
  readonly customerId: unknown;
}

async function load(port: number, profiles: TrainedPeople['profiles'], seconds: number): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  for (let question = 0; question < seconds * PER_SECOND; question++) {
    const due = started + (question * 1000) / PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    answers.push(ask(agent, port, profiles[question % profiles.length], due));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

function ask(agent: Agent, port: number, profile: unknown, due: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ agent, port, method: 'POST', path: '/invocations', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => {
        const { customerId } = JSON.parse(body) as { customerId?: unknown };
        resolve({ ms: performance.now() - due, status: response.statusCode ?? 0, customerId });
      });
    });
    asked.on('error', reject).end(JSON.stringify({ profile }));
  });
}

function latencies(answers: readonly Answer[]): Record<string, number> {
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
