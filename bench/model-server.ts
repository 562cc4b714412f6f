import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, openLoop, rssMb, untilReady, type Answer } from './open-loop';
import { projectFolder } from './peers';

/** A model server that is asked so many times a second whatever it does. */
export interface ServedModel {
  /** Seconds until it answered. */
  readonly startS: number;
  readonly onOneCore: boolean;
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
  const asked = { port, path: '/invocations', contentType: 'application/json' };
  try {
    await untilReady(`http://127.0.0.1:${port}/ping`);
    const startS = (performance.now() - started) / 1000;
    return await work({
      startS,
      onOneCore,
      ask: (questions, seconds) => {
        const bodies = questions.map((question) => JSON.stringify(question));
        return openLoop(asked, (question) => bodies[question % bodies.length]!, { perSecond: PER_SECOND, seconds });
      },
      rssMb: () => rssMb(server),
    });
  } finally {
    server.kill('SIGTERM');
  }
}
