import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { failureMessage } from '../core/errors';
import { progressTable, type StageProgress } from '../core/progress/stages';

/** Where a workflow is, stage by stage. */
export const progressQuery = defineQuery<StageProgress[]>('progress');

/** What a stage comes to: how much was done, and what else there is to say. */
export interface StageDescription<Result> {
  readonly done: (result: Result) => number;
  readonly detail: (result: Result) => string;
}

/** How much was done, of a stage where nothing is counted. */
export const NEVER_COUNTED = () => 0;

/** Keeps the progress query and the details in the Temporal UI true. */
export function trackStages<Stage extends string>(stages: StageProgress<Stage>[]) {
  const set = (stage: Stage, change: Partial<Omit<StageProgress, 'stage'>>) => {
    const index = stages.findIndex((candidate) => candidate.stage === stage);
    stages[index] = { ...stages[index]!, ...change };
    setCurrentDetails(progressTable(stages));
  };
  setHandler(progressQuery, () => stages);
  return {
    async run<T>(stage: Stage, work: () => Promise<T>, describe: StageDescription<T>): Promise<T> {
      set(stage, { status: 'running', startedAt: Date.now() });
      try {
        const result = await work();
        const done = describe.done(result);
        const detail = describe.detail(result);
        set(stage, { status: 'done', endedAt: Date.now(), done, total: done, detail });
        return result;
      } catch (error) {
        const detail = failureMessage(error);
        set(stage, { status: 'failed', endedAt: Date.now(), detail });
        throw error;
      }
    },
  };
}
