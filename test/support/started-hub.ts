import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunningHub } from '../../starters/cli/connection';

export interface StartedHub {
  /** The hub folder, with its data in `data`. */
  readonly folder: string;
  readonly apiUrl: string;
  stop(): Promise<void>;
}

/**
 * A real hub of the telco example in a temporary folder, after its first night.
 *
 * @param settings of its hub.yaml
 */
export async function startHub(settings: object): Promise<StartedHub> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-started-'));
  await cp(resolve('config'), folder, { recursive: true });
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify({ ...settings, data: 'data' }));
  const hub = spawn(process.execPath, [resolve('bin/hub.js'), 'start', '--hub', folder], { stdio: 'pipe' });
  const stop = async () => {
    if (hub.exitCode === null) {
      hub.kill('SIGINT');
      await once(hub, 'close');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilSaid(hub, 'Ctrl-C stops');
    const running = JSON.parse(await readFile(join(folder, 'data', 'running.json'), 'utf8')) as RunningHub;
    return { folder, apiUrl: running.apiUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilSaid(hub: ChildProcess, text: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(text)) resolve();
    };
    hub.stdout!.on('data', hear);
    hub.stderr!.on('data', hear);
    hub.once('close', () => reject(new Error(`the hub ended before it was up:\n${said}`)));
  });
}
