import { createHash } from 'node:crypto';
import { HubError } from '../core/errors';
import { openAnswers } from '../core/identity/resolution/answers-sql';
import { lakeTables } from '../core/lake/tables';
import { assignedColumns, identityQueries } from '../core/identity/resolution/identity-sql';
import { summariseResolution, type ResolutionSummary } from '../core/identity/resolution/resolution-summary';
import { businessDateOf } from '../core/nightly/business-date';
import type { IdentityResolver, ModelReport, Resolution } from '../ports/identity-resolver';
import type { ColumnBatch, Lake, LakeInput } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import type { IdentitySettings } from '../schemas/identity';
import { resolutionInput, type ResolutionInput, type ResolutionMode, type ResolutionPlan } from '../schemas/resolution';
import { cancellation, heartbeat, whileAlive } from './context';

export interface ResolveIdentitiesResult extends ResolutionSummary {
  /** Which profiles were looked at. */
  readonly ran: ResolutionMode;
  /** Why all of them, where only those that are new or have changed were asked for. */
  readonly why?: string;
  readonly model: ModelReport;
  /** Whether nothing was written. */
  readonly dryRun: boolean;
}

export interface IdentityDependencies {
  readonly lake: Lake;
  readonly resolver: IdentityResolver;
  readonly identity: IdentitySettings;
  readonly settings: Pick<HubSettings, 'timezone'>;
}

/** What earlier releases' workflows hand over has a date and no more. */
type ResolveInput = Pick<ResolutionPlan, 'businessDate'> & Partial<ResolutionPlan>;

/** Rows handed to the lake at a time. */
const BATCH_ROWS = 65_536;

export function createIdentityActivities({ lake, resolver, identity, settings }: IdentityDependencies) {
  return {
    /**
     * Checks what a person typed and fills in the defaults.
     *
     * @param startedAt epoch milliseconds at which the workflow was started or scheduled
     * @throws ZodError naming the field
     */
    async planResolution(given: { input: ResolutionInput; startedAt: number }): Promise<ResolutionPlan> {
      const plan = resolutionInput.parse(given.input ?? {}, { reportInput: true });
      return { ...plan, businessDate: plan.businessDate ?? businessDateOf(given.startedAt, settings.timezone) };
    },

    /** Ties profiles to customers. Unchanged profiles, assertions and settings change nothing. */
    async resolveIdentities(plan: ResolveInput): Promise<ResolveIdentitiesResult> {
      return whileAlive({ stage: 'identity', unit: 'profiles', done: 0 }, () =>
        resolve(lake, resolver, identity, plan),
      );
    },
  };
}

async function resolve(
  lake: Lake,
  resolver: IdentityResolver,
  identity: IdentitySettings,
  { businessDate, mode = 'incremental', dryRun = false, from, to }: ResolveInput,
): Promise<ResolveIdentitiesResult> {
  const signal = cancellation();
  const version = await lake.version();
  const basis = `${await lake.tableVersion('profiles')}:${await lake.tableVersion('identity_assertions')}:${digest([identity, from, to])}`;
  const last = await lastRun(lake, version);
  if (!dryRun && last?.basis === basis && answers(last.result, mode)) {
    await resolver.confirm(last.batch);
    return last.result;
  }

  const onStage = (stage: string) =>
    heartbeat({ stage: 'identity', unit: 'profiles', done: 0, detail: `${stage} done` });
  // Zero-padded, so that batches sort in the order of the runs.
  const batch = `identity-${String(version).padStart(10, '0')}-${digest(basis)}`;
  const request = { version, mode, from, to, last: last?.batch, ...(dryRun ? {} : { run: batch }) };
  const resolution = await resolver.resolve(request, { signal, onStage });
  const { ran, why, model } = resolution;
  const result = { ...summariseResolution(resolution), ran, ...(why === undefined ? {} : { why }), model, dryRun };
  if (dryRun) return result;
  const run = { batch, basis, businessDate, outcome: JSON.stringify(result) };
  await lake.commit(
    {
      key: batch,
      series: 'identity',
      version,
      inputs: { assigned: assignedRows(resolution), edges: edgeRows(resolution) },
      ...identityQueries(identity, run, lake.dialect),
    },
    { signal },
  );
  // From here on it is done, and nothing is cancelled any more.
  await resolver.confirm(batch);
  await forgetAnswered(lake, batch);
  return result;
}

/** Whether a run over the same data did what is asked for: that a model is learned anew was not asked of every run. */
function answers({ ran, why }: ResolveIdentitiesResult, mode: ResolutionMode): boolean {
  return mode === 'incremental' || (ran === 'backfill' && why === undefined);
}

/** What was answered of profiles that are resolved now is of no use. While more is being answered, it may stay. */
async function forgetAnswered(lake: Lake, batch: string): Promise<void> {
  if ((await lake.tableVersion('identity_answers')) === 0) return;
  await lake
    .commit({ key: `answers:${batch}`, version: await lake.version(), writes: [openAnswers] })
    .catch((error: unknown) => {
      if (!(error instanceof HubError) || error.code !== 'LAKE_CONFLICT') throw error;
    });
}

async function lastRun(
  lake: Lake,
  version: number,
): Promise<{ batch: string; basis: string; result: ResolveIdentitiesResult } | undefined> {
  const [run] = await lake.rows<{ batch: string; basis: string; outcome: string }>(
    'SELECT batch, basis, outcome FROM identity_runs ORDER BY batch DESC LIMIT 1',
    { version },
  );
  return run && { ...run, result: JSON.parse(run.outcome) as ResolveIdentitiesResult };
}

function assignedRows({ profileIds, customers, changes }: Resolution): LakeInput {
  const columns = { profile_id: profileIds, customer_id: customers, change: changes.map((change) => change ?? null) };
  return { columns: assignedColumns, batches: inBatches(columns, profileIds.length) };
}

function edgeRows({ profileIds, edges }: Resolution): LakeInput {
  const columns = {
    profile_a: edges.map(({ a }) => profileIds[a]),
    profile_b: edges.map(({ b }) => profileIds[b]),
    method: edges.map(({ method }) => method),
    rule: edges.map(({ rule }) => rule),
    weight: edges.map(({ weight }) => weight),
    probability: edges.map(({ probability }) => probability),
    levels: edges.map(({ levels }) => levels),
    waterfall: edges.map(({ waterfall }) => waterfall),
  };
  return { columns: lakeTables.identity_edges, batches: inBatches(columns, edges.length) };
}

function* inBatches(columns: Readonly<Record<string, readonly unknown[]>>, rows: number): Generator<ColumnBatch> {
  for (let start = 0; start < rows; start += BATCH_ROWS) {
    const end = Math.min(rows, start + BATCH_ROWS);
    const part = Object.entries(columns).map(([name, values]) => [name, values.slice(start, end)]);
    yield { rows: end - start, columns: Object.fromEntries(part) as ColumnBatch['columns'] };
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
