import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError, messageOf } from '../../../core/errors';
import { killGroup, removeRecord, stopOrphan, writeRecord } from './process-record';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Takes what the process prints. */
  readonly logFile: string;
  /** Remembers the process, so that one whose owner was killed is found at the next start. */
  readonly recordFile: string;
  /** Resolves when the process does its work, rejects while it does not yet. */
  readonly probe: () => Promise<void>;
  readonly readyWithinMs: number;
  /** How long a stop leaves the process to end by itself; by default 10 s. */
  readonly graceMs?: number;
}

export interface SupervisionOptions {
  /** How often within a minute the process is started again before it is given up; by default 5. */
  readonly maxRestarts?: number;
  /** The process ended by itself and is running again. */
  readonly onRestart?: (restart: { readonly pid: number; readonly count: number }) => void;
  /** The process ended too often, and is not started again. */
  readonly onGiveUp?: (error: HubError) => void;
}

const PROBE_EVERY_MS = 50;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
const DEFAULT_MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const GRACE_MS = 10_000;
const LOG_TAIL_CHARACTERS = 1_500;

/**
 * A process that is started again when it ends by itself, until `stop`. It runs in a process group of its own: the
 * terminal's Ctrl-C does not reach it, and what it starts is stopped with it.
 */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts: number[] = [];
  private watching: Promise<void> = Promise.resolve();
  /** Should this process end without a stop, what it supervises ends with it. */
  private readonly killAtExit = () => {
    if (this.pid !== undefined) killGroup(this.pid, 'SIGKILL');
  };

  private constructor(
    private readonly spec: ProcessSpec,
    private readonly options: SupervisionOptions,
  ) {}

  /** Starts the process and waits until it is ready. Throws `ENGINE_START_FAILED` with the end of its log. */
  static async start(spec: ProcessSpec, options: SupervisionOptions = {}): Promise<SupervisedProcess> {
    await stopOrphan(spec.recordFile);
    const supervised = new SupervisedProcess(spec, options);
    process.once('exit', supervised.killAtExit);
    try {
      await supervised.launch();
    } catch (error) {
      await supervised.stop();
      throw error;
    }
    supervised.watching = supervised.watch();
    return supervised;
  }

  /** The process that runs now; undefined between an end and a restart. */
  get pid(): number | undefined {
    return this.child !== undefined && isRunning(this.child) ? this.child.pid : undefined;
  }

  /** Asks the process to end, and kills it when it has not in time. It is not started again. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.child !== undefined) await endProcess(this.child, this.spec.graceMs ?? GRACE_MS);
    await this.watching;
    await removeRecord(this.spec.recordFile);
    process.removeListener('exit', this.killAtExit);
  }

  private async launch(): Promise<void> {
    const { command, args, cwd, logFile, recordFile } = this.spec;
    await mkdir(dirname(logFile), { recursive: true });
    const log = await open(logFile, 'a');
    try {
      const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', log.fd, log.fd] });
      this.child = child;
      await once(child, 'spawn').catch((cause: unknown) => {
        throw new HubError(
          'ENGINE_START_FAILED',
          `${this.spec.name} cannot be started (${command}): ${messageOf(cause)}`,
          { cause },
        );
      });
      await writeRecord(recordFile, child.pid!);
      await this.ready(child);
    } finally {
      await log.close();
    }
  }

  private async ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + this.spec.readyWithinMs;
    for (;;) {
      if (!isRunning(child)) throw await this.failed('ended while starting');
      const failure = await this.spec.probe().then(
        () => undefined,
        (error: unknown) => messageOf(error),
      );
      if (failure === undefined) return;
      if (Date.now() > deadline) throw await this.failed(`was not ready in ${this.spec.readyWithinMs} ms (${failure})`);
      await delay(PROBE_EVERY_MS);
    }
  }

  private async watch(): Promise<void> {
    for (;;) {
      if (this.child !== undefined && isRunning(this.child)) await once(this.child, 'exit');
      if (this.stopping) return;
      if (!(await this.restart())) return;
    }
  }

  /** Starts the process again; false when that is over. */
  private async restart(): Promise<boolean> {
    const now = Date.now();
    this.restarts = this.restarts.filter((time) => now - time < RESTART_WINDOW_MS);
    if (this.restarts.length >= (this.options.maxRestarts ?? DEFAULT_MAX_RESTARTS)) {
      this.options.onGiveUp?.(
        await this.failed(`ended ${this.restarts.length + 1} times within ${RESTART_WINDOW_MS} ms`),
      );
      return false;
    }
    await delay(Math.min(FIRST_BACKOFF_MS * 2 ** this.restarts.length, LONGEST_BACKOFF_MS));
    this.restarts.push(now);
    if (this.stopping) return false;
    try {
      await this.launch();
      if (this.pid !== undefined) this.options.onRestart?.({ pid: this.pid, count: this.restarts.length });
    } catch {
      // Counted as one more end: the loop tries again until there were too many.
      if (this.child !== undefined) await endProcess(this.child, 0);
    }
    return true;
  }

  private async failed(what: string): Promise<HubError> {
    const log = await readFile(this.spec.logFile, 'utf8').catch(() => '');
    return new HubError(
      'ENGINE_START_FAILED',
      `${this.spec.name} ${what}; its log is ${this.spec.logFile}, and ends:\n${log.slice(-LOG_TAIL_CHARACTERS)}`,
      { retryable: true },
    );
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (!isRunning(child)) return;
  const ended = once(child, 'exit');
  killGroup(child.pid!, 'SIGTERM');
  const kill = setTimeout(() => killGroup(child.pid!, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(kill);
}
