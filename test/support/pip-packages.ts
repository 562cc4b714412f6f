import { run } from '../../adapters/local/engines/command';
import { installedEngine } from '../../adapters/local/engines/engine-cache';

const FLAGS = ['--disable-pip-version-check', '--quiet', '--only-binary=:all:'];

/**
 * Folder of Python packages, fetched with pip once, for `PYTHONPATH`. Throws `ENGINE_MISSING`.
 *
 * @param name of the folder in the cache, whose version is that of the first package
 */
export function pipPackages(name: string, version: string, packages: readonly string[]): Promise<string> {
  return installedEngine(
    {
      name,
      version,
      sources: [
        {
          title: 'fetching with pip',
          install: async (folder) => {
            await run('python3', ['-m', 'pip', 'install', ...FLAGS, '--target', folder, ...packages]);
          },
        },
      ],
      remedy: 'Install Python 3 with pip.',
    },
    () => undefined,
  );
}
