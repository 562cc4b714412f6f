import { ScheduleNotFoundError, type Client, type ScheduleHandle } from '@temporalio/client';
import { HubError } from '../core/errors';
import type { Schedule, ScheduleChange } from '../schemas/schedules';
import { temporalPage } from './temporal-page';

const NEXT_TOLD = 3;

/** What runs by itself, and when. */
export async function listSchedules(client: Client, uiUrl: string): Promise<Schedule[]> {
  const schedules: Schedule[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    schedules.push(await describe(client, client.schedule.getHandle(scheduleId), uiUrl));
  }
  return schedules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Pauses a schedule, or has it go on.
 *
 * @throws HubError NOT_FOUND
 */
export async function changeSchedule(
  client: Client,
  id: string,
  { paused, note }: ScheduleChange,
  uiUrl: string,
): Promise<Schedule> {
  const handle = client.schedule.getHandle(id);
  try {
    await (paused ? handle.pause(note) : handle.unpause(note));
    return await describe(client, handle, uiUrl);
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new HubError('NOT_FOUND', `there is no schedule "${id}"`, { field: 'id', cause: error });
  }
}

async function describe(client: Client, handle: ScheduleHandle, uiUrl: string): Promise<Schedule> {
  const { action, spec, state, info } = await handle.describe();
  return {
    id: handle.scheduleId,
    workflow: action.workflowType,
    zone: spec.timezone ?? 'UTC',
    paused: state.paused,
    ...(state.note !== undefined && state.note !== '' && { note: state.note }),
    next: state.paused ? [] : info.nextActionTimes.slice(0, NEXT_TOLD).map((at) => at.toISOString()),
    last: info.recentActions
      .map(({ action: started, takenAt }) => ({ id: started.workflow.workflowId, at: takenAt.toISOString() }))
      .reverse(),
    ...temporalPage(client, uiUrl, 'schedules', handle.scheduleId),
  };
}
