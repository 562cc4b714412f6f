import {
  ApplicationFailure,
  isCancellation,
  patched,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { failureMessage } from '../core/errors';
import { initialProgress } from '../core/nightly/progress';
import type { FileOutcome } from '../activities/landed-files';
import type { NightlyInput } from '../schemas/nightly';
import { io, quick } from './activities';
import { runChild } from './children';
import { encodeJourneys } from './journeys';
import { ingestSource } from './ingest';
import { loadGraph } from './load';
import { describeRecomputation, recomputeMilestones } from './milestones';
import { refreshKpis } from './kpis';
import { countScored, describeScoring, scorePropensity } from './propensity';
import { describeResolution, resolveIdentities } from './identity';
import { searchAttributes } from './search-attributes';
import { trackStages } from './track-stages';

export interface SourceOutcome {
  readonly source: string;
  /** Why nothing of the source landed; absent when it did. */
  readonly failure?: string;
  readonly files: readonly FileOutcome[];
}

export interface NightlyResult {
  readonly businessDate: string;
  readonly sources: readonly SourceOutcome[];
  readonly graphChanges: number;
  readonly customers: number;
  readonly journeys: number;
  readonly kpis: number;
  /** KPIs whose query failed, with why. */
  readonly failedKpis: readonly { readonly kpi: string; readonly reason: string }[];
  /** Milestones that were computed anew. */
  readonly milestones: number;
}

/**
 * The night: every source's new files land in the lake and their profiles are tied to people; then the graph takes both
 * while the lake encodes journeys, milestones are computed over what both hold, deployed models are asked of everybody, and KPIs are
 * computed of all that. A source that fails leaves the others alone, and fails the night at its end.
 * Running a date again finishes what is missing and doubles nothing; two nights of a date take turns, stage by stage.
 */
export async function nightly(input: NightlyInput = {}): Promise<NightlyResult> {
  const stages = trackStages(initialProgress());
  const { startTime, workflowId } = workflowInfo();
  const { businessDate, sources } = await quick.planNightly({ input, startedAt: startTime.getTime() });
  upsertSearchAttributes(searchAttributes('nightly', businessDate));
  const child = (name: string, capability: string) => ({
    workflowId: `${name}-${businessDate}`,
    typedSearchAttributes: searchAttributes(capability, businessDate),
  });

  const landed = await stages.run(
    'ingest',
    () => Promise.all(sources.map((source) => ingestOne(source, businessDate))),
    {
      done: (outcomes) => countRows(outcomes),
      detail: ingestDetail,
    },
  );

  const identity = await stages.run(
    'identity',
    () => runChild(resolveIdentities, { ...child('identity', 'identity'), args: [{ businessDate }] }),
    { done: (result) => result.profiles, detail: describeResolution },
  );
  // Nights of earlier releases computed KPIs before milestones and scores, which were those of the night before.
  const isKpisLast = patched('kpis-last');
  const [graph, lake] = await Promise.all([
    stages.run('load', () => runChild(loadGraph, child('load', 'load')), {
      done: (result) => result.changes,
      detail: (result) => `graph: ${result.path}`,
    }),
    analyse(),
  ]);

  async function analyse() {
    const journeys = await stages.run('journeys', () => runChild(encodeJourneys, child('journeys', 'journeys')), {
      done: (result) => result.journeys,
      detail: (result) => `${result.steps} steps`,
    });
    return { journeys, ...(isKpisLast ? {} : { kpis: await computeKpis() }) };
  }

  function computeKpis() {
    return stages.run('kpis', () => runChild(refreshKpis, { ...child('kpis', 'kpis'), args: [{ businessDate }] }), {
      done: (result) => result.kpis,
      detail: (result) => result.failed.map(({ kpi, reason }) => `${kpi} failed: ${reason}`).join('; '),
    });
  }

  // Nights of earlier releases had none.
  const milestones = patched('milestones')
    ? await stages.run('milestones', () => runChild(recomputeMilestones, child('milestones', 'milestones')), {
        done: ({ computed }) => computed.reduce((sum, { reached }) => sum + reached, 0),
        detail: describeRecomputation,
      })
    : undefined;

  if (patched('propensities')) {
    await stages.run('propensities', () => runChild(scorePropensity, child('propensities', 'propensity')), {
      done: countScored,
      detail: describeScoring,
    });
  }

  const kpis = lake.kpis ?? (await computeKpis());
  await io.vacuumLake();
  const failures = landed.filter(({ failure }) => failure !== undefined);
  const status = failures.length === 0 ? 'completed' : 'failed';
  await io.recordRun({ workflowId, workflow: 'nightly', businessDate, status, detail: JSON.stringify(landed) });
  if (failures.length > 0) throw sourcesFailed(failures);
  return {
    businessDate,
    sources: landed,
    graphChanges: graph.changes,
    customers: identity.customers,
    journeys: lake.journeys.journeys,
    kpis: kpis.kpis,
    failedKpis: kpis.failed,
    milestones: milestones?.computed.length ?? 0,
  };
}

/** A source's failure is an outcome of the night, not its end. */
async function ingestOne(source: string, businessDate: string): Promise<SourceOutcome> {
  try {
    const { files } = await runChild(ingestSource, {
      workflowId: `ingest-${source}-${businessDate}`,
      typedSearchAttributes: searchAttributes('ingest', businessDate, source),
      args: [{ source, businessDate }],
    });
    return { source, files };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { source, files: [], failure: failureMessage(error) };
  }
}

function sourcesFailed(failures: readonly SourceOutcome[]): ApplicationFailure {
  const list = failures.map(({ source, failure }) => `${source}: ${failure}`).join('\n');
  const message = `the other sources went through, but nothing landed of ${failures.length}:\n${list}`;
  return ApplicationFailure.nonRetryable(message, 'SOURCES_FAILED');
}

function countRows(outcomes: readonly SourceOutcome[]): number {
  return outcomes.flatMap(({ files }) => files).reduce((rows, { read }) => rows + read, 0);
}

function ingestDetail(outcomes: readonly SourceOutcome[]): string {
  const files = outcomes.flatMap((outcome) => outcome.files);
  const total = (count: (file: FileOutcome) => number) => files.reduce((sum, file) => sum + count(file), 0);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ source }) => `${source} failed`);
  const counts = `${total((file) => file.landed)} landed, ${total((file) => file.duplicates)} duplicates, ${total((file) => file.quarantined)} quarantined`;
  return [counts, ...failed].join(', ');
}
