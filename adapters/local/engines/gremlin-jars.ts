import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError } from '../../../core/errors';
import { checkSha512, copyMavenDependencies, download, extractZip } from './archives';
import { onPath, run } from './command';
import { installedEngine } from './engine-cache';
import type { OnStep } from './engine-cache';

const VERSION = '3.8.1';
const ARCHIVE = `apache-tinkerpop-gremlin-server-${VERSION}`;
const ARCHIVE_URL = `https://archive.apache.org/dist/tinkerpop/${VERSION}/${ARCHIVE}-bin.zip`;
const SERVER_JAR = /^gremlin-server-3\.[78]\.\d+\.jar$/;

/**
 * Folder of the Gremlin Server's Java libraries: of a `gremlin-server.sh` 3.7 or 3.8 on the PATH, the cache, Apache's
 * download or Maven. Throws `ENGINE_MISSING`.
 */
export async function gremlinJars(onStep: OnStep = () => undefined): Promise<string> {
  const script = await onPath('gremlin-server.sh');
  if (script !== undefined) {
    const lib = join(dirname(dirname(script)), 'lib');
    if (await holdsServer(lib)) return lib;
    onStep(`gremlin-server.sh on the PATH is not a Gremlin Server 3.7 or 3.8 (no such library in ${lib}); not used`);
  }
  const folder = await installedEngine(
    {
      name: 'gremlin-server',
      version: VERSION,
      sources: [
        { title: `downloading from ${new URL(ARCHIVE_URL).host}`, install: installArchive },
        { title: 'fetching with Maven', install: installWithMaven },
      ],
      remedy:
        'Install Gremlin Server (https://tinkerpop.apache.org/download.html) so that "gremlin-server.sh" is on the PATH, or Maven, or run "docker compose up -d".',
    },
    onStep,
  );
  return join(folder, 'lib');
}

/** Path of the Java program: of `JAVA_HOME`, or on the PATH. Throws `ENGINE_MISSING`. */
export async function javaProgram(): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  await run(java, ['-version'], { timeoutMs: 30_000 }).catch((cause: unknown) => {
    throw new HubError(
      'ENGINE_MISSING',
      `no Java: "${java} -version" fails. Install a Java runtime 17 or newer, or run "docker compose up -d".`,
      {
        cause,
      },
    );
  });
  return java;
}

async function holdsServer(lib: string): Promise<boolean> {
  const names = await readdir(lib).catch(() => []);
  return names.some((name) => SERVER_JAR.test(name));
}

async function installArchive(folder: string): Promise<void> {
  const archive = join(folder, 'archive.zip');
  await download(ARCHIVE_URL, archive);
  await checkSha512(archive, ARCHIVE_URL);
  await extractZip(archive, folder);
  await rename(join(folder, ARCHIVE, 'lib'), join(folder, 'lib'));
  await rm(join(folder, ARCHIVE), { recursive: true });
  await rm(archive);
}

async function installWithMaven(folder: string): Promise<void> {
  const tinkerpop = ['gremlin-server', 'tinkergraph-gremlin'].map((artifact) => ({
    group: 'org.apache.tinkerpop',
    artifact,
    version: VERSION,
  }));
  // The server logs through slf4j, and says nothing at all without one of its back ends.
  const logging = { group: 'org.slf4j', artifact: 'slf4j-simple', version: '1.7.25' };
  await copyMavenDependencies([...tinkerpop, logging], join(folder, 'lib'));
}
