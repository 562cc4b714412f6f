import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';

/** Reports what is being done, for a person who waits. */
export type OnStep = (message: string) => void;

/** One way to fill an engine's folder. */
export interface InstallSource {
  /** What is tried, as in "downloading from …". */
  readonly title: string;
  install(folder: string): Promise<void>;
}

export interface CachedEngine {
  readonly name: string;
  readonly version: string;
  readonly sources: readonly InstallSource[];
  /** What a person can do when every source fails. */
  readonly remedy: string;
}

/** Folder of installed engines: `HUB_ENGINE_CACHE`, or `~/.cache/journey-hub`. */
export function engineCache(): string {
  return process.env['HUB_ENGINE_CACHE'] || join(homedir(), '.cache', 'journey-hub');
}

/**
 * The folder of an engine, which is installed from the first source that works unless it is there. The folder appears
 * in one step, so processes that install at the same time do not see each other's half.
 * Throws `ENGINE_MISSING` with every source's failure and what to install.
 */
export async function installedEngine(engine: CachedEngine, onStep: OnStep): Promise<string> {
  const folder = join(engineCache(), `${engine.name}-${engine.version}`);
  if (await isFolder(folder)) return folder;
  const failures: string[] = [];
  for (const source of engine.sources) {
    onStep(`${engine.name} ${engine.version}: ${source.title}`);
    try {
      await installOnce(folder, source);
      return folder;
    } catch (error) {
      failures.push(`${source.title}: ${messageOf(error)}`);
      onStep(`${engine.name} ${engine.version}: ${source.title} failed`);
    }
  }
  throw new HubError(
    'ENGINE_MISSING',
    `${engine.name} ${engine.version} is not here and could not be installed.\n${engine.remedy}\nTried:\n- ${failures.join('\n- ')}`,
  );
}

async function installOnce(folder: string, source: InstallSource): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.installing-`);
  try {
    await source.install(temporary);
    await rename(temporary, folder);
  } catch (error) {
    // Another process was faster: its folder is as good.
    if (!(await isFolder(folder))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
