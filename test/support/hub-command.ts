import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `hub` with some arguments, as a shell would, to its end. */
export function runHub(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    // Jest gives tests an environment of their own, of which child processes know only when they are told.
    execFile(process.execPath, ['bin/hub.js', ...args], { env: process.env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The columns of the event files in these tests, as options. */
export const columnOptions = ['--customer-col', 'who', '--time-col', 'at', '--event-col', 'what'];
