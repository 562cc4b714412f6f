import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { FailureInterceptor } from '../activities/failures';
import { createFollowActivities } from '../activities/follow';
import { createCurationActivities } from '../activities/identity-curation';
import { createIdentityActivities } from '../activities/identity';
import { createIngestActivities } from '../activities/ingest';
import { createJourneysActivities } from '../activities/journeys';
import { createKpiQuestionActivities } from '../activities/kpi-questions';
import { createKpisActivities } from '../activities/kpis';
import { createLoadActivities } from '../activities/load';
import { createLoadMilestonesActivities } from '../activities/load-milestones';
import { createMilestoneQuestionActivities } from '../activities/milestone-questions';
import { createMilestoneActivities } from '../activities/milestones';
import { createNightlyActivities } from '../activities/nightly';
import { createNotificationActivities } from '../activities/notifications';
import { createPropensityDeploymentActivities } from '../activities/propensity-deployment';
import { createPropensityGraphActivities } from '../activities/propensity-graph';
import { createPropensityModelActivities } from '../activities/propensity-models';
import { createPropensityQuestionActivities } from '../activities/propensity-questions';
import { createPropensityScoringActivities } from '../activities/propensity-scoring';
import { createPropensityTrainingActivities } from '../activities/propensity-training';
import { createQuarantineActivities } from '../activities/quarantine';
import { createQuestionActivities } from '../activities/questions';
import { createStepTypeActivities } from '../activities/step-types';
import { createStreamActivities } from '../activities/streams';
import type { Hub } from '../adapters/local/hub-folder';
import { ANALYTICS_QUEUE, HUB_QUEUE, NOTIFICATIONS_QUEUE } from '../core/task-queues';
import { streamedAmong } from '../schemas/source';
import type { Room } from './room';
import { registerSearchAttributes } from './register-search-attributes';
import { reachTemporal, temporalSecurity, type TemporalPlace } from './temporal-connection';

export interface HubWorkerOptions {
  readonly hub: Hub;
  readonly room: Room;
  readonly temporal: TemporalPlace;
  /** The workflows: the file the build left, or code bundled by a test. */
  readonly workflowBundle: WorkerOptions['workflowBundle'];
}

/** The activities of all queues over one room's ports. */
export function createActivities(
  hub: Pick<Hub, 'settings' | 'sources' | 'identity' | 'kpis' | 'milestones' | 'models'>,
  room: Room,
) {
  return {
    io: {
      ...createIngestActivities({ ...room, sources: hub.sources }),
      ...createStreamActivities({ ...room, sources: hub.sources, settings: hub.settings }),
      ...createQuarantineActivities({ ...room, sources: hub.sources, settings: hub.settings }),
      ...createLoadActivities(room),
      ...createLoadMilestonesActivities({ ...room, milestones: hub.milestones, settings: hub.settings }),
      ...createNightlyActivities({ ...room, settings: hub.settings, sources: hub.sources }),
      ...createFollowActivities({
        ...room,
        identity: hub.identity,
        milestones: hub.milestones,
        webhooks: hub.settings.webhooks,
      }),
      ...createMilestoneQuestionActivities({ ...room, milestones: hub.milestones }),
      ...createQuestionActivities(room),
      ...createKpiQuestionActivities({ ...room, kpis: hub.kpis }),
      ...createStepTypeActivities(room),
      ...createCurationActivities({ ...room, identity: hub.identity }),
      ...createPropensityDeploymentActivities(room),
      ...createPropensityGraphActivities(room),
      ...createPropensityModelActivities({ ...room, models: hub.models }),
      ...createPropensityQuestionActivities({ ...room, models: hub.models }),
    },
    analytics: {
      ...createIdentityActivities({ ...room, identity: hub.identity, settings: hub.settings }),
      ...createJourneysActivities(room),
      ...createMilestoneActivities({ ...room, milestones: hub.milestones, settings: hub.settings }),
      ...createPropensityTrainingActivities(room),
      ...createPropensityScoringActivities({ ...room, models: hub.models }),
      ...createKpisActivities({ ...room, kpis: hub.kpis, settings: hub.settings }),
    },
    notifications: createNotificationActivities(room),
  };
}

/** Requests to other systems under way at a time: they wait, and take nothing else. */
const REQUESTS = 20;

type SharedOptions = Pick<
  WorkerOptions,
  'connection' | 'namespace' | 'interceptors' | 'shutdownGraceTime' | 'maxHeartbeatThrottleInterval'
>;

/**
 * Workers in one process: workflows with the activities that read and write, those that compute, and those that wait for
 * other systems. Throws as `registerSearchAttributes` and `reachTemporal` do.
 */
export async function createHubWorkers(options: HubWorkerOptions): Promise<HubWorkers> {
  const { hub, room, temporal, workflowBundle } = options;
  const cluster = { address: temporal.address, ...temporalSecurity() };
  await reachTemporal(temporal, () => registerSearchAttributes(cluster, temporal.namespace));
  const connection = await reachTemporal(temporal, () => NativeConnection.connect(cluster));
  const activities = createActivities(hub, room);
  const shared: SharedOptions = {
    connection,
    namespace: temporal.namespace,
    interceptors: { activity: [() => ({ inbound: new FailureInterceptor() })] },
    // Activities pick up where they were cut off: to wait for one would be to wait for hours.
    shutdownGraceTime: '500ms',
    // A cancellation comes with the answer to a heartbeat, and heartbeats are held back for so long.
    maxHeartbeatThrottleInterval: '1s',
  };
  const slots = hub.settings.worker.threads;
  const io = await Worker.create({
    ...shared,
    taskQueue: HUB_QUEUE,
    workflowBundle,
    activities: activities.io,
    // Staging is bound by the SQL engine's threads; the rest waits on engines. One follows the graph for ever, and one every stream.
    maxConcurrentActivityTaskExecutions: slots + 3 + streamedAmong(hub.sources).length,
  });
  const analytics = await Worker.create({
    ...shared,
    taskQueue: ANALYTICS_QUEUE,
    activities: activities.analytics,
    maxConcurrentActivityTaskExecutions: slots,
  });
  const notifications = await Worker.create({
    ...shared,
    taskQueue: NOTIFICATIONS_QUEUE,
    activities: activities.notifications,
    maxConcurrentActivityTaskExecutions: REQUESTS,
  });
  const workers = [io, analytics, notifications];
  return {
    run: async () => {
      await Promise.all(workers.map((worker) => worker.run()));
      await connection.close();
    },
    stop: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

export interface HubWorkers {
  /** Works until stopped. */
  run(): Promise<void>;
  stop(): void;
}

/** Leaves of the SDK's messages the warnings and worse. To be called before anything else of the SDK. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('WARN') });
}
