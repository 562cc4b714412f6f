import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { HubError } from '../../../core/errors';

/** A process, told from later ones with the same number by when it began. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

interface ProcessRecord {
  readonly engine: ProcessIdentity;
  readonly owner: ProcessIdentity;
}

/** Notes which process runs an engine, and for which one: by default for this one. */
export async function writeRecord(path: string, pid: number, ownerPid = process.pid): Promise<void> {
  const engine = await identify(pid);
  const owner = await identify(ownerPid);
  if (engine === undefined || owner === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify({ engine, owner } satisfies ProcessRecord));
  await rename(`${path}.new`, path);
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Ends an engine whose owner was killed before it could stop it: it would keep memory, ports and files. Throws
 * `ENGINE_IN_USE` when the owner lives.
 */
export async function stopOrphan(path: string): Promise<void> {
  const record = await readRecord(path);
  if (record === undefined) return;
  const isEngineAlive = await isAlive(record.engine);
  if (isEngineAlive && record.owner.pid !== process.pid && (await isAlive(record.owner))) {
    throw new HubError('ENGINE_IN_USE', `process ${record.owner.pid} runs this hub already (${path}); stop it first`);
  }
  if (isEngineAlive) killGroup(record.engine.pid, 'SIGKILL');
  await removeRecord(path);
}

/** Signals a process group; a group that is gone is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readRecord(path: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/** Whether the very process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now !== undefined && now.startedAt === identity.startedAt;
}

/** Undefined for a process that does not run. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await startOnLinux(pid) : await startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Field 22 of `/proc/<pid>/stat`, counted after the program's name, which may hold anything; a zombie is dead. */
async function startOnLinux(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

async function startByPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || undefined;
}
