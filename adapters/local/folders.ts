import { mkdir, open } from 'node:fs/promises';
import { HubError, messageOf } from '../../core/errors';

/**
 * Makes a folder, with those above it, unless it is there.
 *
 * @param what what the folder is to the user, such as "the data folder"
 * @throws HubError FOLDER_UNUSABLE naming the folder
 */
export async function makeFolder(path: string, what: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new HubError('FOLDER_UNUSABLE', `${path} cannot be made or used as ${what}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A name that was given outlives a loss of power when its folder has been written, too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
