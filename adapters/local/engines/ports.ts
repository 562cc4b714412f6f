import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export const LOOPBACK = '127.0.0.1';

/** Claims live where every hub of this user looks: the folder of another user could not be written to. */
export const claimFolder = join(tmpdir(), `journey-hub-ports-${userInfo().uid}`);

const claimed = new Set<string>();
process.once('exit', () => claimed.forEach((path) => rmSync(path, { force: true })));

/**
 * The wanted port when nothing uses it, else one that is free now. It stays claimed while this process lives: between
 * the look and the engine's own listening another hub could take the same port, and then each would talk to whichever
 * engine got it.
 */
export async function freePort(wanted = 0): Promise<number> {
  for (let ask = wanted; ; ask = 0) {
    const port = await tryPort(ask);
    if (port !== undefined && (await claim(port))) return port;
  }
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: LOOPBACK, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}

/** Whether the port is now this process's; a claim whose process is gone does not count. */
async function claim(port: number): Promise<boolean> {
  const path = join(claimFolder, String(port));
  await mkdir(claimFolder, { recursive: true });
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    claimed.add(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (isRunning(Number(await readFile(path, 'utf8').catch(() => '')))) return false;
  await rm(path, { force: true });
  return claim(port);
}

/** A claim that is just being written has no number yet, and counts as one of a running process. */
function isRunning(pid: number): boolean {
  if (pid === 0) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
