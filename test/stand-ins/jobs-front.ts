import { messageOf } from '../../core/errors';
import type { Body, Operations } from './json-protocol';

export interface Job {
  readonly body: Body;
  status: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  /** How often it is still told to be stopping. */
  looks: number;
  reason?: string;
  done: Promise<void>;
}

const LOOKS = 2;

/** Jobs of SageMaker of one kind: there is one of a name, which takes its time, may fail, and may be stopped. */
export class JobsFront {
  /** Why the next jobs fail, where they are to. */
  failure: string | undefined;
  /** Whether jobs go on until somebody stops them. */
  isEndless = false;
  readonly jobs = new Map<string, Job>();

  /** As it was at first. */
  reset(): void {
    this.jobs.clear();
    this.failure = undefined;
    this.isEndless = false;
  }

  /** Until every job has ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.jobs.values()].map(({ done }) => done));
  }

  /**
   * The operations of a kind, as `TrainingJob`.
   *
   * @param work what a job does
   * @param more what is told of a job beside its name, status and reason
   */
  protected operationsOf(
    kind: string,
    work: (name: string, job: Job) => Promise<void>,
    more: (name: string, job: Job) => Body,
  ): Operations {
    const nameOf = (body: Body) => String(body[`${kind}Name`]);
    return {
      [`Create${kind}`]: (body) => {
        const name = nameOf(body);
        if (this.jobs.has(name)) throw new Error(`Job name must be unique: ${name} already exists`);
        const job: Job = { body, status: 'InProgress', looks: LOOKS, done: Promise.resolve() };
        job.done = this.run(job, () => work(name, job));
        this.jobs.set(name, job);
        return { [`${kind}Arn`]: `arn:aws:sagemaker:eu-central-1:1:job/${name}` };
      },
      [`Describe${kind}`]: (body) => {
        const name = nameOf(body);
        const job = this.jobs.get(name);
        if (job === undefined) throw new Error('Requested resource not found.');
        const { status, reason } = job;
        if (status === 'Stopping' && --job.looks === 0) job.status = 'Stopped';
        const why = reason === undefined ? {} : { FailureReason: reason };
        return { [`${kind}Name`]: name, [`${kind}Status`]: status, ...why, ...more(name, { ...job, status }) };
      },
      [`Stop${kind}`]: (body) => {
        const job = this.jobs.get(nameOf(body));
        if (job?.status === 'InProgress') job.status = 'Stopping';
        return {};
      },
    };
  }

  private async run(job: Job, work: () => Promise<void>): Promise<void> {
    try {
      if (this.failure !== undefined) throw new Error(this.failure);
      if (this.isEndless) return;
      await work();
      if (job.status === 'InProgress') job.status = 'Completed';
    } catch (error) {
      Object.assign(job, { status: 'Failed', reason: `AlgorithmError: ${messageOf(error)}` });
    }
  }
}
