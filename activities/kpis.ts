import { createHash } from 'node:crypto';
import { HubError, messageOf } from '../core/errors';
import { brokenKpis, kpiNamed } from '../core/kpis/declared-kpis';
import { kpiSql } from '../core/kpis/kpi-fragments';
import { parametersOf, readKpiRows, type KpiSpan } from '../core/kpis/kpi-rows';
import { daysBefore, type KpiRow } from '../core/kpis/kpi-series';
import { kpiQueries, kpiRefreshedColumns, kpiRowColumns } from '../core/kpis/kpi-sql';
import { amongBatches } from '../core/lake/queries';
import { businessDateOf } from '../core/nightly/business-date';
import type { KpiStore } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import { refreshKpisInput, type DeclaredKpis, type Kpi, type RefreshKpisInput } from '../schemas/kpi';
import { cancellation, heartbeat, whileAlive } from './context';
import { kpiContent } from './kpi-content';
import { consumed, pendingBatches } from './pending-batches';

export interface RefreshKpisResult {
  readonly kpis: number;
  /** KPIs whose query failed, or whose file has errors, with why; the others are refreshed all the same. */
  readonly failed: readonly { readonly kpi: string; readonly reason: string }[];
}

export interface KpisOptions {
  readonly lake: Lake;
  readonly kpiStore: KpiStore;
  readonly kpis: DeclaredKpis;
  readonly settings: Pick<HubSettings, 'timezone'>;
}

interface Refreshed extends KpiSpan {
  readonly kpi: Kpi;
  readonly rows: readonly KpiRow[];
  /** Why its query failed. */
  readonly reason?: string;
}

/** Before everything that can have happened. */
const BEGINNING = '1900-01-01';
const DAY_MS = 86_400_000;

export function createKpisActivities({ lake, kpiStore, kpis, settings }: KpisOptions) {
  return {
    /**
     * Brings the KPI store to what the lake has, computes KPIs for the days that may have changed, and keeps the history of the others:
     * one commit. A store that cannot be asked fails the whole: its KPIs are computed when it is tried again.
     *
     * @param given.startedAt epoch milliseconds at which the workflow was started
     * @throws ZodError, HubError NOT_FOUND for a KPI that there is not
     */
    async refreshKpis(given: RefreshKpisInput & { readonly startedAt?: number }): Promise<RefreshKpisResult> {
      const { startedAt = Date.now(), ...typed } = given;
      const input = refreshKpisInput.parse(typed, { reportInput: true });
      const today = input.businessDate ?? businessDateOf(startedAt, settings.timezone);
      // One that is named twice is computed once.
      const chosen = [...new Set(input.kpis?.map((name, index) => kpiNamed(kpis, name, `kpis.${index}`)) ?? kpis.kpis)];
      const version = await lake.version();
      const content = await kpiContent(lake, version, cancellation());
      const progress = { stage: 'kpis', unit: 'KPIs', total: chosen.length };
      await whileAlive({ ...progress, done: 0, detail: 'loading' }, () =>
        kpiStore.load(content, { signal: cancellation() }),
      );
      const spans = await plannedSpans(lake, version, { ...input, today });
      const refreshed: Refreshed[] = [];
      for (const kpi of chosen) {
        heartbeat({ ...progress, done: refreshed.length, detail: kpi.title });
        const span = spans.of(kpi);
        refreshed.push(
          await whileAlive({ ...progress, done: refreshed.length, detail: kpi.title }, () =>
            computed(kpiStore, kpi, span, version),
          ),
        );
      }
      // Of some KPIs, or some days, batches stay new to the others.
      const isWhole = input.kpis === undefined && input.from === undefined && input.to === undefined;
      await keep(lake, refreshed, { version, at: startedAt, taken: isWhole ? spans.landed : [] });
      const failed = refreshed.flatMap(({ kpi, reason }) => (reason === undefined ? [] : [{ kpi: kpi.id, reason }]));
      const done = refreshed.length - failed.length;
      return { kpis: done, failed: input.kpis === undefined ? [...failed, ...brokenKpis(kpis)] : failed };
    },
  };
}

/** Which days of each KPI may have changed since they were last computed. */
async function plannedSpans(
  lake: Lake,
  version: number,
  asked: { readonly from?: string | undefined; readonly to?: string | undefined; readonly today: string },
): Promise<{ readonly landed: readonly string[]; of(kpi: Kpi): KpiSpan }> {
  const read = { version, signal: cancellation() };
  const { landed } = await pendingBatches(lake, 'kpis', read);
  const [days] = await lake.rows<{ first: string | null }>(
    `SELECT CAST(CAST(min(occurred_at) AS DATE) AS VARCHAR) AS first FROM events WHERE ${amongBatches(landed)}`,
    read,
  );
  const runs = await lake.rows<{ kpi: string; definition: string; to_day: string; status: string }>(
    'SELECT kpi, definition, CAST(to_day AS VARCHAR) AS to_day, status FROM kpi_runs',
    read,
  );
  const to = daysBefore(asked.to ?? asked.today, -1);
  return {
    landed,
    of: (kpi) => {
      if (asked.from !== undefined) return { from: asked.from, to };
      const last = runs.find((run) => run.kpi === kpi.id);
      if (last?.status !== 'done' || last.definition !== definitionOf(kpi)) return { from: BEGINNING, to };
      const unsettled = daysBefore(last.to_day, Math.ceil(kpi.settles / DAY_MS) + 1);
      return { from: [unsettled, days?.first ?? unsettled, daysBefore(to, 1)].sort()[0]!, to };
    },
  };
}

/** Names how a KPI is computed: another definition is computed anew for all days. */
function definitionOf({ sql, filters, parameters }: Kpi): string {
  return createHash('sha256')
    .update(JSON.stringify([sql, filters, parameters]))
    .digest('hex')
    .slice(0, 24);
}

async function computed(store: KpiStore, kpi: Kpi, span: KpiSpan, version: number): Promise<Refreshed> {
  try {
    const sql = kpiSql(kpi.sql, store.dialect);
    const parameters = parametersOf(kpi, span);
    const rows = await store.rows(sql, { version, signal: cancellation(), parameters });
    return { kpi, ...span, rows: readKpiRows(kpi, rows) };
  } catch (error) {
    if (cancellation().aborted || isOfStore(error)) throw error;
    const [why] = messageOf(error).split('\n');
    const reason = why!.startsWith('kpis/') ? why! : `kpis/${kpi.id}.sql: ${why}`;
    return { kpi, ...span, rows: [], reason };
  }
}

/** What is wrong with the store itself, not with one of the KPIs. */
function isOfStore(error: unknown): boolean {
  return error instanceof HubError && /^AWS_|^KPI_STORE_(UNAVAILABLE|ACCESS_DENIED)$/.test(error.code);
}

async function keep(
  lake: Lake,
  refreshed: readonly Refreshed[],
  { version, at, taken }: { readonly version: number; readonly at: number; readonly taken: readonly string[] },
): Promise<void> {
  const days = refreshed.map(({ kpi, from, to }) => [kpi.id, definitionOf(kpi), from, to]);
  const key = createHash('sha256')
    .update(JSON.stringify([days, version, at]))
    .digest('hex')
    .slice(0, 24);
  const { prepare, writes } = kpiQueries(lake.dialect.timestampOf);
  const batches = consumed('kpis', taken);
  await lake.commit(
    {
      key: `kpis:${key}`,
      series: 'kpis',
      version,
      prepare,
      inputs: { kpi_rows: computedRows(refreshed), kpi_refreshed: refreshedRows(refreshed, at), ...batches.inputs },
      writes: [...writes, ...batches.writes],
    },
    { signal: cancellation() },
  );
}

function computedRows(refreshed: readonly Refreshed[]) {
  const all = refreshed.flatMap(({ kpi, rows }) => rows.map((row) => ({ kpi: kpi.id, ...row })));
  const columns = {
    kpi: all.map(({ kpi }) => kpi),
    day: all.map(({ day }) => day),
    dimensions: all.map(({ dimensions }) => JSON.stringify(dimensions)),
    numerator: all.map(({ numerator }) => numerator),
    denominator: all.map(({ denominator }) => denominator),
  };
  return { columns: kpiRowColumns, batches: [{ rows: all.length, columns }] };
}

function refreshedRows(refreshed: readonly Refreshed[], at: number) {
  const columns = {
    kpi: refreshed.map(({ kpi }) => kpi.id),
    definition: refreshed.map(({ kpi }) => definitionOf(kpi)),
    refreshed_at: refreshed.map(() => at),
    from_day: refreshed.map(({ from }) => from),
    to_day: refreshed.map(({ to }) => to),
    status: refreshed.map(({ reason }) => (reason === undefined ? 'done' : 'failed')),
    reason: refreshed.map(({ reason }) => reason ?? null),
    is_stock: refreshed.map(({ kpi }) => kpi.over === 'last'),
  };
  return { columns: kpiRefreshedColumns, batches: [{ rows: refreshed.length, columns }] };
}
