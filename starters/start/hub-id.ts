import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hub } from '../../adapters/local/hub-folder';

/** What tells a hub from others that use the same engines: made once, and kept with its data. */
export async function hubId(hub: Pick<Hub, 'dataFolder'>): Promise<string> {
  const file = join(hub.dataFolder, 'hub-id');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const id = randomUUID();
    await writeFile(file, id);
    return id;
  }
}
