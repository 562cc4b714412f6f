import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { LOOPBACK } from '../../../adapters/local/engines/ports';

const hub = resolve('bin', 'hub.js');

export interface GuardedApi {
  readonly url: string;
  /** What a command of `hub` about it prints. */
  run(...command: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Another API over the data of the sample hub, which asks callers who they are. */
export async function openGuardedApi(): Promise<GuardedApi> {
  const data = join(process.env['HUB_BROWSER_FOLDER']!, 'data');
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-guarded-'));
  await cp(resolve('config'), folder, { recursive: true });
  const api = { port: 0, access: { required: true } };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify({ name: 'Guarded', timezone: 'Europe/Berlin', data, api }));
  const server = spawn(process.execPath, [hub, 'api', '--hub', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((found, fail) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const listening = /Server listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (listening !== null) found(listening[1]!);
    });
    server.once('exit', (code) => fail(new Error(`the API ended with ${code}`)));
  });
  return {
    url: `http://${LOOPBACK}:${port}`,
    run: async (...command) => {
      const { stdout } = await promisify(execFile)(process.execPath, [hub, ...command, '--hub', folder]);
      return stdout;
    },
    close: async () => {
      server.kill('SIGTERM');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
