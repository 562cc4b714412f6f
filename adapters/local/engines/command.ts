import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;
const MESSAGE_CHARACTERS = 2_000;

/** Runs a program to its end and returns what it printed. Throws with the end of its output when it fails. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, timeoutMs: timeout = DEFAULT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, timeout, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error(`"${command}" is not installed`));
      else
        reject(
          new Error(`"${command}" failed: ${(stderr || stdout || error.message).slice(-MESSAGE_CHARACTERS).trim()}`),
        );
    });
  });
}

/** The real path of a program on the PATH. */
export async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, program);
    try {
      await access(path, constants.X_OK);
      return await realpath(path);
    } catch {
      continue;
    }
  }
  return undefined;
}
