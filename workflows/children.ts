import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, sleep } from '@temporalio/workflow';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Runs a child workflow and returns its result. While one with the same id runs, as another night of the same date has
 * it, it waits for its turn: what is left to do is then little or nothing.
 */
export const runChild = (async (child: never, options: never): Promise<unknown> => {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await executeChild(child, options);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(wait);
    }
  }
}) as typeof executeChild;
