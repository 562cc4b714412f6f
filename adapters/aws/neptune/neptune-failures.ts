import { HubError, messageOf } from '../../../core/errors';
import { ConnectionLost, ServerRefusal } from '../../gremlin/server-connection';

/** How Neptune's refusals are to be taken, by the names in its user guide ("Graph engine error messages and codes"). */
type Kind = 'conflict' | 'constraint' | 'throttled' | 'unavailable' | 'moved' | 'slow' | 'denied' | 'refused';

const KINDS: Readonly<Record<string, Kind>> = {
  ConcurrentModificationException: 'conflict',
  // An edge whose vertices are not there: another transaction is about to write them, or takes them away, or nobody does.
  ConstraintViolationException: 'constraint',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  QueryLimitExceededException: 'throttled',
  InternalFailureException: 'unavailable',
  ServerShutdownException: 'unavailable',
  // Another instance became the writer; the cluster's address leads there for whoever connects anew.
  ReadOnlyViolationException: 'moved',
  TimeLimitExceededException: 'slow',
  AccessDeniedException: 'denied',
};

/** What violates a constraint so often does so by itself. */
const MOST_VIOLATIONS = 3;

/** Neptune answered that it did not do what was asked for. Its transaction was rolled back as a whole. */
export class NeptuneFailure extends Error {
  override readonly name = 'NeptuneFailure';

  constructor(
    readonly code: string,
    readonly kind: Kind,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }

  /** How often the same is worth trying, where it may be tried so often at most. */
  triesOf(most: number): number {
    if (this.kind === 'constraint') return Math.min(most, MOST_VIOLATIONS);
    return ['slow', 'denied', 'refused'].includes(this.kind) ? 1 : most;
  }
}

/** What an answer of status 4xx or 5xx means. Neptune says so as JSON; what it leaves to TinkerPop comes as text. */
export function failureOf(error: Error): Error {
  const { code, message } = answerOf(error);
  if (code === undefined) return new ServerRefusal(message, { cause: error });
  return new NeptuneFailure(code, KINDS[code] ?? 'refused', `${code}: ${message}`, error);
}

function answerOf(error: Error): { readonly code: string | undefined; readonly message: string } {
  const told = (error as Error & { readonly statusMessage?: string }).statusMessage ?? error.message;
  try {
    const { code, detailedMessage, message } = JSON.parse(told) as Record<string, unknown>;
    if (typeof code === 'string') return { code, message: String(detailedMessage ?? message ?? '') };
  } catch {
    // Text, which is of TinkerPop.
  }
  return { code: undefined, message: told };
}

/** The error that callers of the graph get for one that trying again did not mend. */
export function graphError(error: unknown, address: string): unknown {
  if (error instanceof ConnectionLost) return lost(error, address);
  if (error instanceof ServerRefusal) return refused(error);
  if (!(error instanceof NeptuneFailure)) return error;
  switch (error.kind) {
    case 'conflict':
      return conflict(error, address);
    case 'throttled':
    case 'unavailable':
    case 'moved':
      return unavailable(error, address);
    case 'slow':
      return new HubError(
        'GRAPH_TIMEOUT',
        `Neptune at ${address} took longer than a request may (${error.message}); ask for less at a time, or raise the cluster parameter neptune_query_timeout`,
        { retryable: true, cause: error },
      );
    case 'denied':
      return denied(error, address);
    case 'constraint':
    case 'refused':
      return refused(error);
  }
}

function lost(error: ConnectionLost, address: string): HubError {
  return isDenial(error) ? denied(error, address) : unavailable(error, address);
}

/** Whether the websocket was not opened since Neptune does not know, or not like, who asks. */
export function isDenial(error: ConnectionLost): boolean {
  return /response code (401|403)/.test(error.message);
}

function refused(error: Error): HubError {
  return new HubError(
    'GRAPH_LOAD_FAILED',
    `Neptune refused: ${messageOf(error)}; correct the data or the question and try again`,
    { cause: error },
  );
}

function conflict(error: Error, address: string): HubError {
  return new HubError(
    'GRAPH_CONFLICT',
    `others went on changing the same part of the graph in Neptune at ${address} (${error.message}); try again`,
    { retryable: true, cause: error },
  );
}

function unavailable(error: Error, address: string): HubError {
  return new HubError(
    'GRAPH_UNAVAILABLE',
    `Neptune at ${address} does not answer (${error.message}); check that the cluster runs, is large enough, and that its security group lets this process in`,
    { retryable: true, cause: error },
  );
}

function denied(error: Error, address: string): HubError {
  return new HubError(
    'AWS_ACCESS_DENIED',
    `Neptune at ${address} does not let this process in (${error.message}); allow its role neptune-db:ReadDataViaQuery, WriteDataViaQuery and DeleteDataViaQuery on the cluster, or say that the cluster is without IAM authentication`,
    { cause: error },
  );
}
