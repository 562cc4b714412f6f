import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SEGMENT = /^(\d{10})\.ndjson\.gz$/;

/** Where the segments of a graph's change log are. */
export function logFolder(dir: string): string {
  return join(dir, 'log');
}

export function segmentPath(folder: string, commitNum: number): string {
  return join(folder, `${String(commitNum).padStart(10, '0')}.ndjson.gz`);
}

/** The numbers of the commits that have a segment, in order; none where there is no such folder. */
export async function segmentsOf(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(noFolder);
  const numbers = names.flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
