import type { NeptunedataClient } from '@aws-sdk/client-neptunedata';
import { callAws, type Abort } from '../aws-errors';
import { runNamedJob, type JobState } from '../named-job';
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

/** They take from ten minutes to days. */
const MOST_POLL_MS = 30_000;

/**
 * Jobs of Neptune ML, named by whoever wants them, and run as `runNamedJob` does.
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

  private async run<Request>(kind: JobKind<Request>, wanted: string, request: Request, signal?: AbortSignal) {
    const { noun } = kind;
    const { name } = await runNamedJob(
      {
        kind: `${noun} job of Neptune ML`,
        failedCode: 'ML_JOB_FAILED',
        mostPollMs: MOST_POLL_MS,
        describe: (id, abort) =>
          callAws(`looking at the ${noun} job ${id}`, abort, (own) => this.found(kind.look, id, own)),
        create: (id, abort) => this.start(kind, id, request, abort),
        stop: (id) => this.cancel(kind, id),
      },
      wanted,
      signal,
    );
    return name;
  }

  private async found(look: JobKind<unknown>['look'], id: string, abort: Abort): Promise<JobState | undefined> {
    const job = await look(this.client, { id, neptuneIamRoleArn: this.settings.roleArn }, abort).catch(unlessGone);
    return job && stateOf(job);
  }

  private async start<Request>(kind: JobKind<Request>, id: string, request: Request, signal: AbortSignal | undefined) {
    await callAws(`beginning the ${kind.noun} job ${id}`, signal, (abort) =>
      kind.start(this.client, id, request, this.settings, abort).catch(async (error: unknown) => {
        // The answer to the first try may have been lost.
        if (signal?.aborted || (await this.found(kind.look, id, abort)) === undefined) throw error;
      }),
    );
  }

  /** One that is over, or was never begun, is no error. */
  private async cancel({ cancel }: Pick<JobKind<unknown>, 'cancel'>, id: string): Promise<void> {
    await cancel(this.client, { id, neptuneIamRoleArn: this.settings.roleArn }).catch(() => undefined);
  }
}

function stateOf({ status, steps }: MlJob): JobState {
  const failed = steps.find((step) => step?.failureReason !== undefined);
  return { status, reason: failed?.failureReason, log: failed?.cloudwatchLogUrl };
}
