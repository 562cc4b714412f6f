import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What running a program once took. */
export interface ProcessRun {
  /** From before the process starts until it has ended, in seconds. */
  readonly wholeS: number;
  readonly stdout: string;
}

/** Runs a program to its end. Its stderr is shown. */
export async function runProcess(command: string, args: readonly string[]): Promise<ProcessRun> {
  return timed(command, args, []);
}

/** Runs a Node program, and learns its peak memory from the program itself as it ends. */
export async function runNode(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ProcessRun & { readonly peakRssMb: number }> {
  const run = await timed(
    process.execPath,
    ['--require', join(__dirname, 'report-peak.js'), ...args],
    ['pipe'],
    environment,
  );
  return { ...run, peakRssMb: Number(run.extra) };
}

async function timed(
  command: string,
  args: readonly string[],
  extraPipe: readonly 'pipe'[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ProcessRun & { readonly extra: string }> {
  const started = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit', ...extraPipe],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(performance.now()) : reject(new Error(`${command} exited with ${code}`)),
    );
  });
  const extra = child.stdio[3];
  const [stopped, stdout, said] = await Promise.all([
    ended,
    child.stdout === null ? '' : text(child.stdout),
    extra ? text(extra as NodeJS.ReadableStream) : '',
  ]);
  return { wholeS: (stopped - started) / 1000, stdout, extra: said };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Prints one measurement; numbers to four significant digits. */
export function print(measurement: Readonly<Record<string, string | number | boolean>>): void {
  const short = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  process.stdout.write(`${JSON.stringify(measurement, (_, value) => short(value) as unknown)}\n`);
}
