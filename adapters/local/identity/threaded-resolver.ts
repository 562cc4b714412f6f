import { Worker } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import type { IdentityResolver, Resolution, ResolutionRequest, ResolveOptions } from '../../../ports/identity-resolver';
import { fromMessage } from '../threads/thread-errors';
import { builtScript } from '../threads/built-script';
import { KeptResolution } from './kept-resolution';
import { READING } from './lake-resolver';
import type { ResolverMessage, ResolverThreadData, ResolverThreadRequest } from './resolver-messages';

const script = builtScript('identity/resolver-thread');

/**
 * Resolves in a thread of its own, one a run: millions of pairs are compared there while this one goes on to tell the
 * server that it is alive, and all memory is free again afterwards.
 */
export class ThreadedResolver implements IdentityResolver {
  constructor(private readonly data: ResolverThreadData) {}

  async resolve(request: ResolutionRequest, { signal, onStage }: ResolveOptions = {}): Promise<Resolution> {
    if (script === undefined)
      throw new HubError('NOT_BUILT', 'the thread that resolves identities is not built; run npm run build');
    if (signal?.aborted) throw cancelled();
    const workerData: ResolverThreadRequest = { ...this.data, request };
    const thread = new Worker(script, { workerData });
    try {
      return await outcome(thread, signal, onStage);
    } finally {
      await thread.terminate();
    }
  }

  confirm(run: string): Promise<void> {
    const { identityFolder, settings } = this.data;
    return new KeptResolution(identityFolder, settings).confirm(run);
  }
}

/** The thread is asked to stop while it reads, so that DuckDB ends its query; when it computes, it hears nothing. */
function outcome(
  thread: Worker,
  signal: AbortSignal | undefined,
  onStage: ResolveOptions['onStage'],
): Promise<Resolution> {
  return new Promise((resolve, reject) => {
    let isComputing = false;
    const stop = () => (isComputing ? reject(cancelled()) : thread.postMessage('stop'));
    signal?.addEventListener('abort', stop);
    let cause: Error | undefined;
    thread.on('message', (message: ResolverMessage) => {
      if ('resolution' in message) return resolve(message.resolution);
      if ('error' in message) return reject(fromMessage(message.error));
      if (message.stage === READING) isComputing = true;
      if (isComputing && signal?.aborted) return reject(cancelled());
      return onStage?.(message.stage);
    });
    thread.on('error', (error: Error) => (cause = error));
    thread.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(ended(cause));
    });
  });
}

function cancelled(): HubError {
  return new HubError('CANCELLED', 'the resolution was cancelled');
}

function ended(cause: Error | undefined): HubError {
  const why = cause === undefined ? '' : ` (${cause.message})`;
  return new HubError('RESOLVER_ENDED', `the thread that resolves identities ended${why}; it is tried again`, {
    retryable: true,
    cause,
  });
}
