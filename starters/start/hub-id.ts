import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hub } from '../../adapters/local/hub-folder';

/**
 * What tells a hub from others that use the same engines: made once, and kept with its data.
 *
 * @param environment `HUB_ID` says it where no data folder outlives a process
 */
export async function hubId(
  hub: Pick<Hub, 'dataFolder'>,
  { HUB_ID: given }: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (given) return given;
  const file = join(hub.dataFolder, 'hub-id');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const id = randomUUID();
    await writeFile(file, id);
    return id;
  }
}
