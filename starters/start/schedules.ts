import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { HubError } from '../../core/errors';
import { HUB_QUEUE } from '../../core/task-queues';
import type { HubSettings } from '../../schemas/hub';

export const NIGHTLY_SCHEDULE = 'nightly';

/**
 * Makes the server's schedules what the settings say; whether a person paused one is left as it is. The schedules tell
 * whose the namespace is, too: the worker of another hub would take this one's tasks.
 *
 * @throws HubError NAMESPACE_IN_USE when they are another hub's, CONFIG_INVALID for a cron line that is none
 */
export async function applySchedules(
  client: Client,
  settings: Pick<HubSettings, 'nightly' | 'timezone'>,
  hubId: string,
): Promise<void> {
  const options = { ...nightlySchedule(settings), memo: { hub: hubId } };
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (error instanceof TypeError) throw cronInvalid(error);
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(NIGHTLY_SCHEDULE);
    const owner = (await handle.describe()).memo?.['hub'];
    if (owner !== undefined && owner !== hubId) throw namespaceInUse(client.options.namespace);
    await handle.update((current) => ({ ...options, state: { ...options.state, paused: current.state.paused } }));
  }
}

function cronInvalid(error: TypeError): HubError {
  return new HubError('CONFIG_INVALID', `hub.yaml: nightly.cron: ${error.message}`, {
    field: 'nightly.cron',
    cause: error,
  });
}

function namespaceInUse(namespace: string): HubError {
  return new HubError(
    'NAMESPACE_IN_USE',
    `another hub uses the namespace "${namespace}" of this Temporal server: set engines.temporal.namespace in hub.yaml to one of this hub's own, or delete the schedule "${NIGHTLY_SCHEDULE}" there if that hub is gone`,
    { field: 'engines.temporal.namespace' },
  );
}

function nightlySchedule({ nightly, timezone }: Pick<HubSettings, 'nightly' | 'timezone'>) {
  return {
    scheduleId: NIGHTLY_SCHEDULE,
    spec: { cronExpressions: [nightly.cron], timezone },
    action: {
      type: 'startWorkflow',
      workflowType: 'nightly',
      workflowId: 'nightly',
      taskQueue: HUB_QUEUE,
      args: [{}],
    },
    policies: {
      // A night that is still running is not overtaken, and one missed while the server was down is made up for.
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: '12h',
    },
    state: { paused: nightly.paused },
  } satisfies ScheduleOptions;
}
