import {
  notificationList,
  notificationListQuestion,
  notificationRetry,
  notificationRetryInput,
} from '../../schemas/notification';
import { listNotifications, retryNotifications } from '../notifications';
import type { HubApi } from './hub-api';
import { problem } from './report-routes';

const TAGS = ['milestones'];

/** What webhooks were told of milestones, and what they could not be told. */
export function registerNotifications({ app, client }: HubApi): void {
  app.get(
    '/v1/notifications',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What webhooks were told of milestones, are being told, and could not be told',
        tags: TAGS,
        querystring: notificationListQuestion,
        response: { 200: notificationList, default: problem },
      },
    },
    async ({ query }) => ({ notifications: await listNotifications(client, query) }),
  );

  app.post(
    '/v1/notifications/retry',
    {
      config: { needs: 'runs:change' },
      schema: {
        summary: 'Delivers again what could not be delivered',
        tags: TAGS,
        // A request without a body has one of null.
        body: notificationRetryInput.nullish(),
        response: { 200: notificationRetry, default: problem },
      },
    },
    async ({ body }) => ({ retried: await retryNotifications(client, body?.ids) }),
  );
}
