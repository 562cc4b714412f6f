import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors';
import { replaceFile } from '../replace-file';
import { syncFolder } from './segment';

/** How far a load has come. */
export interface LoadProgress {
  readonly done: number;
  readonly finished: boolean;
}

/** What is left of the commits that a change log no longer has, since snapshots cover them. */
export interface LogBase {
  /** The last of them; 0 where there are none. */
  readonly commitNum: number;
  /** What a restore from the snapshots reads, in changes. */
  readonly changes: number;
  /** The loads that made them: those that have finished are not run again. */
  readonly loads: ReadonlyMap<string, LoadProgress>;
}

export const EMPTY_BASE: LogBase = { commitNum: 0, changes: 0, loads: new Map() };

interface WrittenBase {
  readonly commitNum: number;
  readonly changes: number;
  readonly loads: readonly (readonly [key: string, progress: LoadProgress])[];
}

export async function readLogBase(dir: string): Promise<LogBase> {
  const path = basePath(dir);
  try {
    const { loads, ...base } = JSON.parse(await readFile(path, 'utf8')) as WrittenBase;
    return { ...base, loads: new Map(loads) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_BASE;
    throw new HubError('GRAPH_LOG_INVALID', `change log ${path} cannot be read; restore it from a backup`, {
      cause: error,
    });
  }
}

/** Replaces what was written before, in one step. */
export async function writeLogBase(dir: string, { loads, ...base }: LogBase): Promise<void> {
  const written: WrittenBase = { ...base, loads: [...loads] };
  await replaceFile(basePath(dir), JSON.stringify(written));
  await syncFolder(dir);
}

function basePath(dir: string): string {
  return join(dir, 'compacted.json');
}
