import type { MlResourceDefinition, NeptunedataClient } from '@aws-sdk/client-neptunedata';
import { HubError } from '../../../core/errors';
import { callAws, type Abort } from '../aws-errors';
import { isPassing } from '../sagemaker/named-job';
import { untilEnded } from '../until-ended';
import {
  processing,
  training,
  transform,
  type JobKind,
  type MlJob,
  type ProcessingRequest,
  type TrainingJobRequest,
  type TransformRequest,
} from './job-kinds';
import { unlessGone } from './ml-endpoints';
import type { NeptuneMlSettings } from './ml-settings';

/** Jobs of one name that are begun after others have failed. */
const MOST_JOBS = 20;
/** They take from ten minutes to days. */
const MOST_POLL_MS = 30_000;
const BAD_ENDS = ['Failed', 'Stopped'];
const ENDS = ['Completed', ...BAD_ENDS];

/**
 * Jobs of Neptune ML, named by whoever wants them: what is cut off may be asked for again, as a job that goes on is waited
 * for, and one that has ended well is taken. A job is cancelled when the signal fires.
 *
 * All tell the job's id, and throw HubError `ML_JOB_FAILED` with Neptune's reason, retryable where that is SageMaker's own
 * fault; `CANCELLED`; and as `awsError` tells.
 *
 * @param name letters, digits and hyphens
 */
export class NeptuneMlJobs {
  constructor(
    private readonly client: NeptunedataClient,
    private readonly settings: NeptuneMlSettings,
  ) {}

  /** Makes what can be learned from, or told of, out of an export. */
  process(name: string, request: ProcessingRequest, signal?: AbortSignal): Promise<string> {
    return this.run(processing, name, request, signal);
  }

  /** Learns a model from what was processed. */
  train(name: string, request: TrainingJobRequest, signal?: AbortSignal): Promise<string> {
    return this.run(training, name, request, signal);
  }

  /** Has a model look at a graph that it was not learned from. */
  transform(name: string, request: TransformRequest, signal?: AbortSignal): Promise<string> {
    return this.run(transform, name, request, signal);
  }

  private async run<Request>(kind: JobKind<Request>, name: string, request: Request, signal?: AbortSignal) {
    for (let number = 1; number <= MOST_JOBS; number++) {
      const id = number === 1 ? name : `${name}-${number}`;
      const found = await this.look(kind, id, signal);
      const before = found?.status === 'Stopping' ? await this.ended(kind, id, signal) : found;
      // One that ended badly before this was asked is no answer: somebody may have mended what was wrong.
      if (before !== undefined && BAD_ENDS.includes(before.status!)) continue;
      if (before === undefined) await this.start(kind, id, request, signal);
      refuseBadEnd(kind, id, await this.ended(kind, id, signal));
      return id;
    }
    throw new HubError('ML_JOB_FAILED', `${MOST_JOBS} ${kind.noun} jobs ${name} have failed: look at the last of them`);
  }

  private look<Request>({ noun, look }: JobKind<Request>, id: string, signal?: AbortSignal) {
    return callAws(`looking at the ${noun} job ${id}`, signal, (abort) => this.found(look, id, abort));
  }

  private async found(look: JobKind<unknown>['look'], id: string, abort: Abort): Promise<MlJob | undefined> {
    return look(this.client, { id, neptuneIamRoleArn: this.settings.roleArn }, abort).catch(unlessGone);
  }

  private async start<Request>(kind: JobKind<Request>, id: string, request: Request, signal?: AbortSignal) {
    await callAws(`beginning the ${kind.noun} job ${id}`, signal, (abort) =>
      kind.start(this.client, id, request, this.settings, abort).catch(async (error: unknown) => {
        // Nobody knows whether it was begun.
        if (signal?.aborted) await this.cancel(kind, id);
        // The answer to the first try may have been lost.
        else if ((await this.found(kind.look, id, abort)) !== undefined) return;
        throw error;
      }),
    );
  }

  private ended<Request>(kind: JobKind<Request>, id: string, signal?: AbortSignal): Promise<MlJob> {
    return untilEnded<MlJob>(
      {
        look: async () => (await this.look(kind, id, signal)) ?? Promise.reject(gone(kind.noun, id)),
        hasEnded: ({ status }) => ENDS.includes(status!),
        stop: () => this.cancel(kind, id),
        mostMs: MOST_POLL_MS,
      },
      signal,
    );
  }

  /** One that is over, or was never begun, is no error. */
  private async cancel({ cancel }: Pick<JobKind<unknown>, 'cancel'>, id: string): Promise<void> {
    await cancel(this.client, { id, neptuneIamRoleArn: this.settings.roleArn }).catch(() => undefined);
  }
}

function refuseBadEnd({ noun }: { readonly noun: string }, id: string, { status, steps }: MlJob): void {
  if (status === 'Completed') return;
  const failed = steps.find((step): step is MlResourceDefinition => step?.failureReason !== undefined);
  const reason = failed?.failureReason ?? `it ended as ${status}`;
  const log = failed?.cloudwatchLogUrl === undefined ? '' : `. Its log: ${failed.cloudwatchLogUrl}`;
  throw new HubError('ML_JOB_FAILED', `the ${noun} job ${id} of Neptune ML failed: ${reason}${log}`, {
    retryable: isPassing(reason),
  });
}

function gone(noun: string, id: string): HubError {
  return new HubError('ML_JOB_FAILED', `the ${noun} job ${id} of Neptune ML is not there any more`, {
    retryable: true,
  });
}
