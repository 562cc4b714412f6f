import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { FailureInterceptor } from '../../activities/failures';
import { createIdentityActivities } from '../../activities/identity';
import type { LoadMilestonesInput } from '../../activities/load-milestones';
import { createNightlyActivities } from '../../activities/nightly';
import type { PulledStream, PullInput } from '../../activities/streams';
import { HubError } from '../../core/errors';
import type { Notification } from '../../core/milestones/notifications';
import type { ModelRun } from '../../core/propensity/model-runs-sql';
import { ANALYTICS_QUEUE, HUB_QUEUE, NOTIFICATIONS_QUEUE } from '../../core/task-queues';
import type { IdentityResolver } from '../../ports/identity-resolver';
import type { Lake } from '../../ports/lake';
import { hubSchema } from '../../schemas/hub';
import { identitySchema } from '../../schemas/identity';
import { sourceSchema } from '../../schemas/source';

/** What the fakes were asked to do, in order. */
export interface FakeHub {
  readonly calls: string[];
  /** Sources and webhooks that fail, with why; `milestones` with why one of them is refused; and `feed` with the code of an error that it fails with once; and `stream` with why it cannot be read; `gate` with why it refuses a model, `approval` with how long one waits, or `gate`; `champion` with what is deployed; and models with why they cannot be asked. */
  readonly failures: Map<string, string>;
  readonly runs: { readonly status: string; readonly businessDate: string }[];
  /** Those that are deployed. */
  readonly models: string[];
  /** What happens while identities are resolved. */
  whileResolving?: () => Promise<unknown>;
}

const sources = ['crm', 'web'].map((name) =>
  sourceSchema.parse({
    name,
    title: name,
    files: '*.csv',
    format: 'csv',
    events: { type: 't', channel: 'c', time: { column: 'at', zone: 'UTC' }, profile: 'p' },
  }),
);

/** Runs `work` with workers whose activities touch nothing, but for the real plan of the night. */
export async function withFakeHub<T>(
  environment: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundleWithSourceMap,
  work: (hub: FakeHub) => Promise<T>,
): Promise<T> {
  const hub: FakeHub = { calls: [], failures: new Map(), runs: [], models: [] };
  const shared = {
    connection: environment.nativeConnection,
    interceptors: { activity: [() => ({ inbound: new FailureInterceptor() })] },
  };
  const io = await Worker.create({ ...shared, taskQueue: HUB_QUEUE, workflowBundle, activities: ioActivities(hub) });
  const analytics = await Worker.create({
    ...shared,
    taskQueue: ANALYTICS_QUEUE,
    activities: analyticsActivities(hub),
  });
  const notifications = await Worker.create({
    ...shared,
    taskQueue: NOTIFICATIONS_QUEUE,
    activities: notificationActivities(hub),
  });
  return io.runUntil(() => analytics.runUntil(() => notifications.runUntil(() => work(hub))));
}

const settings = hubSchema.parse({ name: 'test', timezone: 'Pacific/Auckland' });

function ioActivities(hub: FakeHub) {
  const { planNightly } = createNightlyActivities({
    lake: {} as Lake,
    landingZone: { sweep: async () => undefined },
    settings,
    sources,
  });
  return {
    planNightly,
    listNewFiles: async ({ source }: { source: string }) => {
      hub.calls.push(`list ${source}`);
      const failure = hub.failures.get(source);
      if (failure !== undefined) {
        throw new HubError('FILE_TRUNCATED', failure, { cause: new Error('unexpected end of file') });
      }
      return [{ path: `${source}.csv`, bytes: 1, modifiedAt: 0 }];
    },
    stageFile: async ({ source }: { source: string }) => ({ path: `${source}.csv` }),
    landSource: async ({ source }: { source: string }) => ({
      batch: `${source}-1`,
      files: [{ path: `${source}.csv`, read: 5, landed: 3, duplicates: 1, quarantined: 1 }],
    }),
    loadGraph: async () => {
      hub.calls.push('load');
      return { path: 'upsert', changes: 10 };
    },
    loadMilestones: async ({ run }: LoadMilestonesInput) => {
      hub.calls.push(`load milestones${run!.without.length > 0 ? ` without ${run!.without.join()}` : ''}`);
      const live = { milestone: 'live', version: '1', reached: 5, customers: 3 };
      const fromGraph = { computed: [live], unchanged: ['quiet'], refused: [] };
      return { added: 7, removed: 0, triggers: 1, fromGraph };
    },
    pullStream: async ({ source, places }: PullInput): Promise<PulledStream> => {
      hub.calls.push(`pull ${source}`);
      if (hub.failures.has('stream')) throw new HubError('AWS_NOT_FOUND', hub.failures.get('stream')!);
      // As the real one, it comes back after a while.
      await Context.current().sleep(20);
      const pulls = Object.keys(places).length + 1;
      const next = { ...places, [`shard-${pulls}`]: { isRead: true } as const };
      const note = hub.failures.get('anew');
      return {
        ...{ places: next, stream: 'one', records: 5, segments: pulls % 2, behindMs: 0, businessDate: '2026-01-31' },
        ...(note === undefined ? {} : { note }),
      };
    },
    planFollow: async () => ({ from: { commitNum: 7, opNum: 1 } }),
    followChanges: async ({ after }: { after: { commitNum: number; opNum: number } }) => {
      hub.calls.push(`follow ${after.commitNum}`);
      const lost = hub.failures.get('feed');
      hub.failures.delete('feed');
      if (lost !== undefined) throw new HubError(lost, 'what comes after the position is not kept any more');
      // As the real one, it comes back after a while.
      await Context.current().sleep(20);
      const position = { ...after, commitNum: after.commitNum + 1 };
      return { position, behind: 3, changes: 5, looks: 4, reached: 2, retracted: 1, notified: 0, failed: 0 };
    },
    listMilestones: async () => ({ milestones: [], problems: [] }),
    describeMilestone: async () => ({ milestone: 'churned' }),
    customerMilestones: async () => ({ customer: 'c', total: 0, milestones: [] }),
    milestoneFunnel: async () => ({ steps: [], dropOff: [] }),
    ...modelActivities(hub),
    analyzeJourneyFrequency: async () => ({ journeys: [], positions: [], customers: 0, timings: {} }),
    compareJourneyFrequency: async () => ({ tested: 0 }),
    listJourneys: async () => ({ total: 0, journeys: [] }),
    reportJourney: async () => ({ customer: '' }),
    findSimilarJourneys: async () => ({ count: 0, matches: [] }),
    vacuumLake: async () => void hub.calls.push('vacuum'),
    recordRun: async (run: FakeHub['runs'][number]) => {
      hub.runs.push(run);
    },
  };
}

function analyticsActivities(hub: FakeHub) {
  const identity = identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] });
  const resolver = {} as IdentityResolver;
  const { planResolution } = createIdentityActivities({ lake: {} as Lake, resolver, identity, settings });
  return {
    planResolution,
    resolveIdentities: async ({ dryRun }: { dryRun?: boolean }) => {
      hub.calls.push(dryRun === true ? 'identity dry' : 'identity');
      await hub.whileResolving?.();
      return {
        profiles: 4,
        customers: 2,
        changes: 4,
        changesByKind: { new: 3, merged: 1, split: 0, moved: 0 },
        links: { manual: 0, deterministic: 1, probabilistic: 1 },
        dryRun: dryRun === true,
      };
    },
    planMilestones: async ({ startedAt }: { startedAt: number }) => ({
      mode: 'changed',
      dryRun: false,
      asOf: startedAt,
    }),
    recomputeMilestones: async ({ dryRun }: { dryRun: boolean }) => {
      hub.calls.push('milestones');
      const computed = [{ milestone: 'churned', version: '1', reached: 7, customers: 2 }];
      const refused = hub.failures.has('milestones')
        ? [{ milestone: 'odd', reason: hub.failures.get('milestones'), isTooMuch: false }]
        : [];
      return { computed, unchanged: [], retired: [], refused, dryRun };
    },
    trainModel: async ({ spec }: { spec: { name: string } }) => {
      hub.calls.push(`train ${spec.name}`);
      const refused = hub.failures.get('gate');
      return {
        version: 'v1',
        rows: { train: 7, test: 3 },
        measures: { auc: 0.8 },
        judgement: { passes: refused === undefined, metric: 'auc', challenger: 0.8, reasons: [refused ?? 'good'] },
        warnings: [],
      };
    },
    planScoring: async () => hub.models.map((model) => ({ model, version: 'v1', parts: 3 })),
    scorePart: async ({ plan, part }: { plan: { model: string }; part: number }) => {
      hub.calls.push(`score ${plan.model} ${part}`);
      const failure = hub.failures.get(plan.model);
      if (failure !== undefined) throw new HubError('MODEL_INVALID', failure);
      return { customers: part + 1 };
    },
    watchModel: async ({ model }: { model: string }) => {
      const because = hub.failures.get(`watch ${model}`);
      if (because === 'gone') throw new HubError('MODEL_MISSING', 'it is gone');
      return because === undefined ? { findings: [] } : { findings: [{ kind: 'drift', says: because }], because };
    },
    finishScoring: async ({ model }: { model: string }) => {
      hub.calls.push(`scored ${model}`);
    },
    encodeJourneys: async () => {
      hub.calls.push('journeys');
      return { journeys: 2, steps: 6 };
    },
    refreshKpis: async () => {
      hub.calls.push('kpis');
      return { kpis: 1, failed: [] };
    },
  };
}

const DAY_MS = 86_400_000;

function modelActivities(hub: FakeHub) {
  return {
    planTraining: async ({ input }: { input: { model: string } }) => {
      const approval = hub.failures.get('approval');
      const within = approval === 'gate' ? {} : { approvalWithin: Number(approval ?? DAY_MS) };
      const champion = hub.failures.get('champion');
      return { spec: { name: input.model }, asOf: 0, lakeVersion: 1, champion, ...within };
    },
    recordModel: async ({ version, status, author, reason }: ModelRun) => {
      const said = reason === undefined ? '' : ` by ${author ?? 'nobody'}: ${reason}`;
      hub.calls.push(`${version} ${status}${said}`);
    },
    tellScores: async ({ model }: { model: string }) => {
      hub.calls.push(`tell ${model}`);
      return { customers: 3 };
    },
    deployModel: async ({ model, version }: { model: string; version: string }) => {
      const failure = hub.failures.get('deployment');
      if (failure !== undefined) throw new HubError('MODEL_DEPLOYMENT_FAILED', failure);
      hub.calls.push(`deploy ${model} ${version}`);
    },
    planRollBack: async ({ model, version = 'v0' }: { model: string; version?: string }) => {
      if (version === 'never') throw new HubError('NEVER_DEPLOYED', 'version: never never answered');
      return { model, version };
    },
    rollBackModel: async ({ input: { model, version } }: { input: { model: string; version: string } }) => {
      return { model, version, status: 'deployed' };
    },
    listModels: async () => ({ models: [] }),
    customerPropensities: async () => ({ customer: 'c', propensities: [] }),
    whatIf: async () => ({ model: 'churn' }),
  };
}

function notificationActivities(hub: FakeHub) {
  return {
    deliverNotification: async ({ webhook }: Notification) => {
      hub.calls.push(`tell ${webhook}`);
      const failure = hub.failures.get(webhook);
      if (failure !== undefined) throw new HubError('WEBHOOK_REFUSED', failure);
      return { outcome: 'delivered', status: 204 };
    },
  };
}
