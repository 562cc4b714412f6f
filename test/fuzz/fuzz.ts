import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { pipPackages } from '../support/pip-packages';
import { startHub } from '../support/started-hub';

const VERSION = '4.32.5';
const HUB = {
  ...{ name: 'Fuzzed', timezone: 'Europe/Berlin', api: { port: 0 } },
  sample: { customers: 500, days: 60, seed: 3, engagement: true },
};
/** Of a question that is answered for the first time: nothing is measured here. */
const PATIENCE_S = 60;

/**
 * Asks a real hub what its OpenAPI document lets one ask, and much that it does not (Schemathesis; Hatfield-Dodds and Dygalo 2022): every
 * answer is as the document says, what is wrong is refused, and nothing makes the hub fail.
 */
async function fuzz({ examples, seed }: { readonly examples: string; readonly seed: string }): Promise<void> {
  const home = await pipPackages('schemathesis', VERSION, [`schemathesis==${VERSION}`]);
  const hub = await startHub(HUB);
  try {
    const tool = spawn(
      'python3',
      [
        ...[
          '-m',
          'schemathesis.cli',
          '--config-file',
          resolve('test', 'fuzz', 'schemathesis.toml'),
          'run',
          `${hub.apiUrl}/openapi.json`,
        ],
        ...['--checks', 'all', '--max-examples', examples, '--seed', seed, '--request-timeout', String(PATIENCE_S)],
        ...['--continue-on-failure', '--no-color'],
      ],
      // What it leaves behind goes with the hub.
      { cwd: hub.folder, env: { ...process.env, PYTHONPATH: home }, stdio: 'inherit' },
    );
    const [code] = (await once(tool, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await hub.stop();
  }
}

void new Command('fuzz')
  .description('ask a sample hub all that its OpenAPI document lets one ask, and more')
  .option('--examples <count>', 'requests of each kind and route', '20')
  .option('--seed <number>', 'what is drawn', '1')
  .action(fuzz)
  .parseAsync();
