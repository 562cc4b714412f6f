import { HubError } from '../../core/errors';
import { untilEnded } from './until-ended';

/** How a job is that SageMaker does, for itself or for another service. */
export interface JobState {
  readonly status: string | undefined;
  /** SageMaker's own, of one that failed. */
  readonly reason: string | undefined;
  /** Where one finds what it said. */
  readonly log?: string | undefined;
}

/** Jobs of one kind, as a service is asked of them. */
export interface JobsOfKind<State extends JobState> {
  /** "training job". */
  readonly kind: string;
  /** Of the error when one failed. */
  readonly failedCode: string;
  /** The longest pause between looks, in milliseconds; by default that of `untilEnded`. */
  readonly mostPollMs?: number;
  /** Undefined where there is none of the name. */
  describe(name: string, signal: AbortSignal | undefined): Promise<State | undefined>;
  /** One that is there already is no error. */
  create(name: string, signal: AbortSignal | undefined): Promise<void>;
  /** One that is over, or was never begun, is no error; must not fail. */
  stop(name: string): Promise<void>;
}

/** Jobs of one name that are begun after others have failed. */
const MOST_JOBS = 20;
const BAD_ENDS = ['Failed', 'Stopped'];
const ENDS = ['Completed', ...BAD_ENDS];
/** How reasons of failures begin that are SageMaker's own. */
const PASSING = /^(InternalServerError|CapacityError)/;

/**
 * Runs the job that a name stands for, and waits for its end; it is stopped when the signal fires. What is cut off may be asked for
 * again: a job that goes on is waited for, one that is done is taken, and after one that failed another is begun.
 *
 * @param name made of all that the job is given
 * @throws HubError `failedCode` with SageMaker's reason, retryable where it is SageMaker's own fault; `CANCELLED`
 */
export async function runNamedJob<State extends JobState>(
  jobs: JobsOfKind<State>,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly state: State }> {
  for (let number = 1; number <= MOST_JOBS; number++) {
    const own = number === 1 ? name : `${name}-${number}`;
    const found = await jobs.describe(own, signal);
    // A worker that goes stops its job, which takes its time.
    const before = found?.status === 'Stopping' ? await ended(jobs, own, signal) : found;
    // One that ended badly before this was asked is no answer: somebody may have mended what was wrong.
    if (before !== undefined && BAD_ENDS.includes(before.status!)) continue;
    if (before === undefined) await begin(jobs, own, signal);
    const state = await ended(jobs, own, signal);
    if (state.status !== 'Completed') throw failed(jobs, own, state);
    return { name: own, state };
  }
  throw new HubError(jobs.failedCode, `${MOST_JOBS} ${jobs.kind}s ${name} have failed: look at the last of them`);
}

async function begin(
  { create, stop }: Pick<JobsOfKind<JobState>, 'create' | 'stop'>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await create(name, signal);
  } catch (error) {
    // Nobody knows whether it was begun.
    if (signal?.aborted) await stop(name);
    throw error;
  }
}

function ended<State extends JobState>(
  jobs: JobsOfKind<State>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<State> {
  const gone = () =>
    new HubError(jobs.failedCode, `the ${jobs.kind} ${name} is not there any more`, { retryable: true });
  return untilEnded<State>(
    {
      look: async () => (await jobs.describe(name, signal)) ?? Promise.reject(gone()),
      hasEnded: ({ status }) => ENDS.includes(status!),
      stop: () => jobs.stop(name),
      ...(jobs.mostPollMs !== undefined && { mostMs: jobs.mostPollMs }),
    },
    signal,
  );
}

function failed({ kind, failedCode }: JobsOfKind<JobState>, name: string, { status, reason, log }: JobState): HubError {
  const why = reason ?? `it ended as ${status}`;
  const where = log === undefined ? '' : `. Its log: ${log}`;
  return new HubError(failedCode, `the ${kind} ${name} failed: ${why}${where}`, { retryable: PASSING.test(why) });
}
