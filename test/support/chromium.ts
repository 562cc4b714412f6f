import { access } from 'node:fs/promises';
import { onPath, run } from '../../adapters/local/engines/command';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium: `HUB_CHROMIUM`, one on the PATH, or Debian's, which is installed once. */
export async function chromiumPath(): Promise<string> {
  const named = process.env['HUB_CHROMIUM'];
  if (named !== undefined) {
    await access(named);
    return named;
  }
  const found = await onThePath();
  if (found !== undefined) return found;
  process.stderr.write('installing Chromium (once)\n');
  try {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  } catch (error) {
    throw new Error('there is no Chromium: install it, or name its path in HUB_CHROMIUM', { cause: error });
  }
  const installed = await onThePath();
  if (installed === undefined) throw new Error('Chromium was installed, and is not on the PATH');
  return installed;
}

async function onThePath(): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = await onPath(name);
    if (path !== undefined) return path;
  }
  return undefined;
}
