import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HubError } from '../../../core/errors';
import { identify, isAlive, type ProcessIdentity } from './process-record';

/**
 * Makes this process the only one that runs a hub, until it calls what is returned or ends.
 *
 * @throws HubError HUB_IN_USE when another process runs it
 */
export async function lockHub(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const own = await identify(process.pid);
  for (;;) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(path);
    if (owner !== undefined && (await isAlive(owner))) {
      throw new HubError('HUB_IN_USE', `process ${owner.pid} runs this hub already (${path}); stop it first`);
    }
    await rm(path, { force: true });
  }
}

async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
