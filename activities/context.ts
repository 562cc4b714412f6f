import { setMaxListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import type { ActivityProgress } from '../core/progress/stages';

/** Fires when the activity is cancelled or its worker stops. */
export function cancellation(): AbortSignal {
  const { cancellationSignal } = Context.current();
  // All that an activity does side by side listens to it.
  setMaxListeners(0, cancellationSignal);
  return cancellationSignal;
}

/** Names the run of the workflow that the activity is of: its retries have the same name, and nobody else. */
export function thisRun(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return workflowExecution?.runId ?? activityId;
}

/** Tells whoever reads the worker's log. */
export function warn(message: string): void {
  Context.current().log.warn(message);
}

/** Says how far the activity is; the SDK throttles heartbeats, so call it as often as there is news. */
export function heartbeat(progress: ActivityProgress): void {
  Context.current().heartbeat(progress);
}

/**
 * Runs work whose progress is unknown (a long query) while telling the server, every second, that it is alive, so
 * that a cancellation reaches it and a dead worker is noticed.
 *
 * @param progress how far it is, or what says so each time
 */
export async function whileAlive<T>(
  progress: ActivityProgress | (() => ActivityProgress),
  work: () => Promise<T>,
): Promise<T> {
  const tell = () => heartbeat(typeof progress === 'function' ? progress() : progress);
  tell();
  const timer = setInterval(tell, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
