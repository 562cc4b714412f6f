import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { HUB_QUEUE } from '../../core/task-queues';
import type { HubSettings } from '../../schemas/hub';

export const NIGHTLY_SCHEDULE = 'nightly';

/** Makes the server's schedules what the settings say; whether a person paused one is left as it is. */
export async function applySchedules(
  client: Client,
  settings: Pick<HubSettings, 'nightly' | 'timezone'>,
): Promise<void> {
  const options = nightlySchedule(settings);
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(NIGHTLY_SCHEDULE);
    await handle.update((current) => ({ ...options, state: { ...options.state, paused: current.state.paused } }));
  }
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
