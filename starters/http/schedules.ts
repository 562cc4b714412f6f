import { scheduleChange, scheduleList, schedulePath } from '../../schemas/schedules';
import { changeSchedule, listSchedules } from '../schedules';
import type { HubApi } from './hub-api';
import { problem } from './report-routes';

const TAGS = ['operations'];
const SCHEDULES = '/v1/schedules';

/** What runs by itself. */
export function registerSchedules({ app, client, temporalUiUrl = '' }: HubApi): void {
  app.get(
    SCHEDULES,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'What runs by itself, and when',
        tags: TAGS,
        response: { 200: scheduleList, default: problem },
      },
    },
    async () => ({ schedules: await listSchedules(client, temporalUiUrl) }),
  );

  app.patch(
    `${SCHEDULES}/:id`,
    {
      config: { needs: 'runs:change' },
      schema: {
        summary: 'Pauses a schedule, or has it go on',
        tags: TAGS,
        params: schedulePath,
        body: scheduleChange,
        response: { 200: scheduleList.shape.schedules.element, default: problem },
      },
    },
    async ({ params: { id }, body }) => changeSchedule(client, id, body, temporalUiUrl),
  );
}
