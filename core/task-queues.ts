/** Workflows, and activities that read and write. */
export const HUB_QUEUE = 'journey-hub';
/** Activities that compute, so that a long computation never holds up a landing. */
export const ANALYTICS_QUEUE = 'journey-hub-analytics';
/** Requests to other systems, which may hang as long as they are let. */
export const NOTIFICATIONS_QUEUE = 'journey-hub-notifications';
