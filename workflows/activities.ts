import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { ANALYTICS_QUEUE } from '../core/task-queues';
import type { createQuestionActivities } from '../activities/questions';
import type { createCurationActivities } from '../activities/identity-curation';
import type { createFollowActivities } from '../activities/follow';
import type { createIdentityActivities } from '../activities/identity';
import type { createIngestActivities } from '../activities/ingest';
import type { createJourneysActivities } from '../activities/journeys';
import type { createKpiQuestionActivities } from '../activities/kpi-questions';
import type { createKpisActivities } from '../activities/kpis';
import type { createLoadActivities } from '../activities/load';
import type { createLoadMilestonesActivities } from '../activities/load-milestones';
import type { createMilestoneQuestionActivities } from '../activities/milestone-questions';
import type { createMilestoneActivities } from '../activities/milestones';
import type { createPropensityDeploymentActivities } from '../activities/propensity-deployment';
import type { createPropensityGraphActivities } from '../activities/propensity-graph';
import type { createPropensityModelActivities } from '../activities/propensity-models';
import type { createPropensityQuestionActivities } from '../activities/propensity-questions';
import type { createPropensityScoringActivities } from '../activities/propensity-scoring';
import type { createPropensityTrainingActivities } from '../activities/propensity-training';
import type { createNightlyActivities } from '../activities/nightly';
import type { createQuarantineActivities } from '../activities/quarantine';
import type { createStepTypeActivities } from '../activities/step-types';
import type { createStreamActivities } from '../activities/streams';

type IoActivities = ReturnType<typeof createIngestActivities> &
  ReturnType<typeof createFollowActivities> &
  ReturnType<typeof createCurationActivities> &
  ReturnType<typeof createKpiQuestionActivities> &
  ReturnType<typeof createLoadActivities> &
  ReturnType<typeof createLoadMilestonesActivities> &
  ReturnType<typeof createNightlyActivities> &
  ReturnType<typeof createPropensityDeploymentActivities> &
  ReturnType<typeof createPropensityGraphActivities> &
  ReturnType<typeof createPropensityModelActivities> &
  ReturnType<typeof createQuarantineActivities> &
  ReturnType<typeof createStepTypeActivities> &
  ReturnType<typeof createStreamActivities>;

type IdentityActivities = ReturnType<typeof createIdentityActivities>;

type AnalyticsActivities = ReturnType<typeof createJourneysActivities> &
  ReturnType<typeof createMilestoneActivities> &
  ReturnType<typeof createPropensityScoringActivities> &
  ReturnType<typeof createPropensityTrainingActivities> &
  ReturnType<typeof createKpisActivities>;

/** A worker that died is noticed by its missing heartbeats, and its activity runs again elsewhere. */
const retry = { initialInterval: '1s', maximumInterval: '30s', backoffCoefficient: 2 } as const;

/** Reading and writing files and engines. */
export const io = proxyActivities<IoActivities>({ startToCloseTimeout: '6h', heartbeatTimeout: '10s', retry });

/** Short looks at files and settings. */
export const quick = proxyActivities<IoActivities>({ startToCloseTimeout: '2m', retry });

/** What goes on for ever, some seconds at a time: soon elsewhere when its worker dies. */
export const followers = proxyActivities<IoActivities>({ startToCloseTimeout: '1h', heartbeatTimeout: '10s', retry });

const overTheLake = { taskQueue: ANALYTICS_QUEUE, startToCloseTimeout: '6h', heartbeatTimeout: '10s', retry } as const;

/** Long computations over the lake. */
export const analytics = proxyActivities<AnalyticsActivities>(overTheLake);

/** Whoever cancels one is told so when it has stopped, and not while it may still write what it found. */
export const resolutions = proxyActivities<IdentityActivities>({
  ...overTheLake,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * A question somebody waits for: gives up after a few tries. It takes milliseconds, and the computing is done elsewhere
 * than where workflows run: as a local activity it costs the server a third of what another kind would.
 */
export const questions = proxyLocalActivities<
  ReturnType<typeof createQuestionActivities> & ReturnType<typeof createMilestoneQuestionActivities>
>({
  startToCloseTimeout: '10m',
  retry: { ...retry, maximumAttempts: 5 },
});

/** A question about one customer that a model is asked, too: it takes longer than others. */
export const propensityQuestions = proxyActivities<ReturnType<typeof createPropensityQuestionActivities>>({
  startToCloseTimeout: '2m',
  retry: { ...retry, maximumAttempts: 5 },
});
