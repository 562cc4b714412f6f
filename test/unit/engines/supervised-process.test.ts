import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRecord } from '../../../adapters/local/engines/process-record';
import { SupervisedProcess } from '../../../adapters/local/engines/supervised-process';
import type { SupervisionOptions, ProcessSpec } from '../../../adapters/local/engines/supervised-process';

let folder: string;
let running: SupervisedProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-process-'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(folder, { recursive: true });
});

const STAYS = 'console.log("up " + process.pid); setInterval(() => {}, 1000)';
const STUBBORN = `process.on('SIGTERM', () => console.log('no')); ${STAYS}`;

/** A Node process that is ready when its log says that this very process is up. */
function spec(script: string, name = 'engine'): ProcessSpec {
  const logFile = join(folder, `${name}.log`);
  return {
    name,
    command: process.execPath,
    args: ['-e', script],
    logFile,
    recordFile: join(folder, `${name}.json`),
    probe: async () => {
      const record = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as { engine: { pid: number } };
      const log = await readFile(logFile, 'utf8');
      if (!log.includes(`up ${record.engine.pid}`)) throw new Error('not up');
    },
    readyWithinMs: 20_000,
    graceMs: 100,
  };
}

async function start(script: string, events: SupervisionOptions = {}): Promise<SupervisedProcess> {
  running = await SupervisedProcess.start(spec(script), events);
  return running;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('SupervisedProcess', () => {
  it('starts again what was killed, and stops what it started', async () => {
    let restarted: (pid: number) => void = () => undefined;
    const restart = new Promise<number>((resolve) => (restarted = resolve));
    const engine = await start(STAYS, { onRestart: ({ pid }) => restarted(pid) });
    const first = engine.pid!;
    process.kill(first, 'SIGKILL');
    const second = await restart;
    expect(second).not.toBe(first);
    expect(engine.pid).toBe(second);
    await engine.stop();
    expect(engine.pid).toBeUndefined();
    expect(isAlive(second)).toBe(false);
  });

  it('kills what does not end when asked', async () => {
    const engine = await start(STUBBORN);
    const { pid } = engine;
    await engine.stop();
    expect(isAlive(pid!)).toBe(false);
    expect(await readFile(join(folder, 'engine.log'), 'utf8')).toContain('no');
  });

  it('gives up on what keeps ending, with the end of its log', async () => {
    let gaveUp: (error: Error) => void = () => undefined;
    const end = new Promise<Error>((resolve) => (gaveUp = resolve));
    await start('console.log("up " + process.pid); setTimeout(() => { console.log("oh no"); process.exit(1); }, 300)', {
      maxRestarts: 2,
      onGiveUp: (error) => gaveUp(error),
    });
    expect(await end).toMatchObject({ code: 'ENGINE_START_FAILED', message: expect.stringContaining('oh no') });
  });

  it('says why a process did not start', async () => {
    const failing = SupervisedProcess.start(spec('console.log("bad setting"); process.exit(2)'));
    await expect(failing).rejects.toMatchObject({
      code: 'ENGINE_START_FAILED',
      message: expect.stringContaining('bad setting'),
    });
    const missing = SupervisedProcess.start({ ...spec(''), command: '/no/such/program' });
    await expect(missing).rejects.toMatchObject({
      code: 'ENGINE_START_FAILED',
      message: expect.stringContaining('/no/such/program'),
    });
  });

  it('ends the orphan of an owner that was killed', async () => {
    const orphan = spawn(process.execPath, ['-e', STAYS], { detached: true, stdio: 'ignore' });
    const ended = once(orphan, 'exit');
    await once(orphan, 'spawn');
    await writeRecord(spec('').recordFile, orphan.pid!);
    await start(STAYS);
    expect((await ended)[1]).toBe('SIGKILL');
  });

  it('leaves the engine of a living owner alone', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const engine = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(engine.pid); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = (await once(owner.stdout!, 'data')) as [Buffer];
    const enginePid = Number(output.toString());
    await writeRecord(spec('').recordFile, enginePid, owner.pid!);
    try {
      await expect(SupervisedProcess.start(spec(STAYS))).rejects.toMatchObject({ code: 'ENGINE_IN_USE' });
      expect(isAlive(enginePid)).toBe(true);
    } finally {
      process.kill(-owner.pid!, 'SIGKILL');
    }
  });
});
