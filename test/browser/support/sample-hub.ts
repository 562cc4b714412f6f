import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, LOOPBACK } from '../../../adapters/local/engines/ports';
import type { RunningHub } from '../../../starters/cli/connection';
import { chromiumPath } from '../../support/chromium';

declare global {
  var stopSampleHub: () => Promise<void>;
}

const SETTINGS = {
  name: 'Sample telco',
  timezone: 'Europe/Berlin',
  data: 'data',
  api: { port: 0 },
  sample: { customers: 1_500, days: 90, seed: 7, engagement: true },
  firstQuestion: { event: 'churn', as: 'end', steps: 5, top: 12 },
};

/** Starts the hub that all browser tests look at: a real one, after a night over a sample world. Tests find it by its variables. */
export default async function startSampleHub(): Promise<void> {
  const [folder] = await Promise.all([mkdtemp(join(tmpdir(), 'journey-hub-browser-')), chromiumPath()]);
  await cp(resolve('config'), folder, { recursive: true });
  // Where a test serves the pages of another system.
  const deskPort = await freePort();
  const origins = [`http://${LOOPBACK}:${deskPort}`];
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify({ ...SETTINGS, api: { ...SETTINGS.api, origins } }));
  const hub = spawn(process.execPath, [resolve('bin/hub.js'), 'start', '--hub', folder], { stdio: 'pipe' });
  globalThis.stopSampleHub = async () => {
    if (hub.exitCode === null) {
      hub.kill('SIGINT');
      await once(hub, 'close');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilSaid(hub, 'Ctrl-C stops');
  } catch (error) {
    await globalThis.stopSampleHub();
    throw error;
  }
  const running = JSON.parse(await readFile(join(folder, 'data', 'running.json'), 'utf8')) as RunningHub;
  process.env['HUB_BROWSER_URL'] = running.apiUrl;
  process.env['HUB_BROWSER_FOLDER'] = folder;
  process.env['HUB_BROWSER_DESK_PORT'] = String(deskPort);
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
