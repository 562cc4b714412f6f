import { setCurrentDetails } from '@temporalio/workflow';

/** Says in the Temporal UI where the workflow is. */
export function report(details: string): void {
  setCurrentDetails(details);
}
