import { MockActivityEnvironment } from '@temporalio/testing';
import { createKpiQuestionActivities } from '../../activities/kpi-questions';
import { createKpisActivities, type RefreshKpisResult } from '../../activities/kpis';
import { LakeKpiStore } from '../../adapters/sql/kpis/lake-kpi-store';
import { HubError } from '../../core/errors';
import type { KpiContent, KpiStore } from '../../ports/kpi-store';
import { kpiFrontMatter, type Kpi, type RefreshKpisInput } from '../../schemas/kpi';
import { holdInLake, kpiRows } from '../support/kpi-content';
import { openTestRoom, type TestRoom } from '../support/local-room';

const kpi = (id: string, sql: string, more: object = {}): Kpi => ({
  ...kpiFrontMatter.parse({ title: id, unit: 'x', ...more }),
  id,
  sql,
});
const IN_RANGE = 'occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)';
const CALLS = kpi(
  'calls',
  `SELECT CAST(occurred_at AS DATE) AS day, channel, count(*) * CAST($times AS INTEGER) AS value
FROM events WHERE type = 'call_center' AND ${IN_RANGE} GROUP BY CAST(occurred_at AS DATE), channel`,
  { filters: ['channel'], parameters: { times: { type: 'number', default: 2 } } },
);
const KPIS = [
  CALLS,
  kpi('broken', 'SELECT nowhere AS value FROM customers'),
  kpi('timeless', 'SELECT count(*) AS value FROM customers'),
  kpi(
    'customers',
    `SELECT CAST(CAST($to AS DATE) - INTERVAL '1' DAY AS DATE) AS day, sum(profiles) AS numerator, count(*) AS denominator FROM customers`,
    { over: 'last' },
  ),
];

const NONE_BROKEN = { broken: [], problems: [] };

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
  await holdInLake(room.lake, kpiRows(3));
});
afterEach(() => room.close());

function refresh(
  input: RefreshKpisInput,
  kpiStore: KpiStore = new LakeKpiStore(room.lake),
  kpis: readonly Kpi[] = KPIS,
): Promise<RefreshKpisResult> {
  const { refreshKpis } = createKpisActivities({
    ...{ lake: room.lake, kpiStore, settings: { timezone: 'UTC' } },
    kpis: { ...NONE_BROKEN, kpis },
  });
  return new MockActivityEnvironment().run(refreshKpis, { ...input, startedAt: Date.parse('2026-01-31T12:00:00Z') });
}
const values = () =>
  room.lake.rows(
    'SELECT kpi, CAST(day AS VARCHAR) AS day, dimensions AS of, numerator / coalesce(denominator, 1) AS value FROM kpi_values ORDER BY 1, 2, 3',
  );
const runs = () =>
  room.lake.rows(
    'SELECT kpi, CAST(from_day AS VARCHAR) AS "from", CAST(to_day AS VARCHAR) AS "to", status FROM kpi_runs ORDER BY kpi',
  );

/** A store that is the lake, and remembers what it was given. */
function remembering(given: KpiContent[], rows?: KpiStore['rows']): KpiStore {
  const store = new LakeKpiStore(room.lake);
  return {
    dialect: store.dialect,
    revision: () => store.revision(),
    load: async (content) => void given.push(content),
    rows: rows ?? ((sql, options) => store.rows(sql, options)),
    close: () => store.close(),
  };
}

it('computes the whole history first, tells by file what fails, and keeps other days', async () => {
  expect(await refresh({ businessDate: '2026-01-21' })).toEqual({
    kpis: 2,
    failed: [
      { kpi: 'broken', reason: expect.stringMatching(/^kpis\/broken\.sql: .*nowhere/) },
      { kpi: 'timeless', reason: 'kpis/timeless.sql: expected a column "day"; there are value' },
    ],
  });
  await refresh({ businessDate: '2026-01-30' });
  expect(await values()).toEqual([
    ...['01', '02', '03'].map((day) => ({ kpi: 'calls', day: `2026-01-${day}`, of: '["call"]', value: 2 })),
    { kpi: 'customers', day: '2026-01-21', of: '[]', value: 2 },
    { kpi: 'customers', day: '2026-01-30', of: '[]', value: 2 },
  ]);
  expect(await runs()).toEqual([
    { kpi: 'broken', from: '1900-01-01', to: '2026-01-31', status: 'failed' },
    { kpi: 'calls', from: '2026-01-21', to: '2026-01-31', status: 'done' },
    { kpi: 'customers', from: '2026-01-21', to: '2026-01-31', status: 'done' },
    { kpi: 'timeless', from: '1900-01-01', to: '2026-01-31', status: 'failed' },
  ]);
});

it('computes anew from the day of the oldest event that came late, and as long as days settle', async () => {
  const settling = [kpi('calls', CALLS.sql, { filters: ['channel'], parameters: CALLS.parameters, settles: '7d' })];
  const store = new LakeKpiStore(room.lake);
  await refresh({ businessDate: '2026-01-21' }, store, settling);
  await refresh({ businessDate: '2026-01-22' }, store, settling);
  expect(await runs()).toMatchObject([{ from: '2026-01-14', to: '2026-01-23' }]);
  const late = `SELECT * REPLACE ('late' AS batch, 'p-x' AS profile_id, TIMESTAMP '2026-01-02 10:00:00' AS occurred_at)
FROM events WHERE type = 'call_center' LIMIT 1`;
  const file = `SELECT 'late' AS batch, 'crm' AS source, 'f' AS path, 'f' AS fingerprint, 1 AS bytes, 1.0 AS modified_at,
  DATE '2026-01-22' AS business_date, 1 AS read_rows, 1 AS landed_rows, 0 AS duplicate_rows, 0 AS quarantined_rows`;
  await room.lake.commit({
    key: 'late',
    writes: [
      { table: 'events', mode: 'append', select: late },
      { table: 'files', mode: 'append', select: file },
    ],
  });
  await refresh({ businessDate: '2026-01-23' }, store, settling);
  expect(await runs()).toMatchObject([{ from: '2026-01-02', to: '2026-01-24' }]);
  expect(await values()).toMatchObject([{ value: 2 }, { day: '2026-01-02', value: 4 }, { value: 2 }]);
  await refresh({ businessDate: '2026-01-24' }, store, settling);
  expect(await runs()).toMatchObject([{ from: '2026-01-16', to: '2026-01-25' }]);
});

it('of files with errors it says what is wrong, and computes the others', async () => {
  const { refreshKpis } = createKpisActivities({
    ...{ lake: room.lake, kpiStore: new LakeKpiStore(room.lake), settings: { timezone: 'UTC' } },
    kpis: { kpis: KPIS, broken: ['sales'], problems: ['kpis/sales.sql: unit: expected string, found nothing'] },
  });
  const run = (input: RefreshKpisInput): Promise<RefreshKpisResult> =>
    new MockActivityEnvironment().run(refreshKpis, input);
  const { kpis, failed } = await run({});
  expect(kpis).toBe(KPIS.length - 2);
  expect(failed.map(({ kpi }) => kpi)).toEqual(['broken', 'timeless', 'sales']);
  expect(failed[2]).toEqual({ kpi: 'sales', reason: 'kpis/sales.sql: unit: expected string, found nothing' });
  expect(await run({ kpis: ['calls'] })).toEqual({ kpis: 1, failed: [] });
  const once = await values();
  expect(await run({ kpis: ['calls', 'calls'] })).toEqual({ kpis: 1, failed: [] });
  expect(await values()).toEqual(once);
  await expect(run({ kpis: ['sales'] })).rejects.toThrow('kpis.0: "sales" has errors: kpis/sales.sql: unit: expected');
});

it('a KPI that is defined otherwise is computed anew for all days; days and KPIs that are named are, and no others', async () => {
  const store = new LakeKpiStore(room.lake);
  await refresh({ businessDate: '2026-01-21' }, store);
  const doubled = { ...CALLS, parameters: { times: { type: 'number' as const, default: 4 } } };
  await refresh({ businessDate: '2026-01-21' }, store, [doubled]);
  expect(await values()).toMatchObject([{ value: 4 }, { value: 4 }, { value: 4 }, { kpi: 'customers' }]);
  await refresh({ kpis: ['calls'], from: '2026-01-02', to: '2026-01-02' }, store);
  expect(await values()).toMatchObject([{ value: 4 }, { value: 2 }, { value: 4 }, { kpi: 'customers' }]);
  await expect(refresh({ kpis: ['call'] }, store)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(refresh({ from: '2026-02-01', to: '2026-01-01' }, store)).rejects.toThrow(/not before/);
});

it('gives a store the same revision until what it is made of changes', async () => {
  const given: KpiContent[] = [];
  const store = remembering(given);
  await refresh({ businessDate: '2026-01-21' }, store);
  await refresh({ businessDate: '2026-01-22' }, store);
  await holdInLake(room.lake, kpiRows(4));
  await refresh({ businessDate: '2026-01-23' }, store);
  const [first, second, third] = given.map(({ revision }) => revision);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it.each(['KPI_STORE_UNAVAILABLE', 'KPI_STORE_ACCESS_DENIED', 'AWS_CREDENTIALS_EXPIRED'])(
  'leaves no values behind when the store fails with %s',
  async (code) => {
    const down = async () => {
      throw new HubError(code, 'as ordered');
    };
    await expect(refresh({ businessDate: '2026-01-21' }, remembering([], down))).rejects.toMatchObject({ code });
    expect(await values()).toEqual([]);
  },
);

describe('asked', () => {
  const questions = () => createKpiQuestionActivities({ lake: room.lake, kpis: { ...NONE_BROKEN, kpis: KPIS } });
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    new MockActivityEnvironment().run(activity, input) as Promise<Output>;

  it('all are listed, those that were never computed too', async () => {
    expect((await run(questions().listKpis, { question: {} })).kpis).toMatchObject(
      KPIS.map(({ id }) => ({ id, weekBefore: null, trend: [] })),
    );
    await refresh({ businessDate: '2026-01-21' });
    const { kpis } = await run(questions().listKpis, { question: {} });
    expect(kpis).toMatchObject([
      { id: 'calls', newest: { at: '2026-01-03', value: 2 }, refreshed: { status: 'done', to: '2026-01-21' } },
      { id: 'broken', refreshed: { status: 'failed', reason: expect.stringContaining('nowhere') }, trend: [] },
      { id: 'timeless', refreshed: { status: 'failed' } },
      { id: 'customers', newest: { at: '2026-01-21', value: 2 } },
    ]);
  });

  it('one is told by its filters, and only within the scope', async () => {
    await refresh({ businessDate: '2026-01-21' });
    const ask = (question: object) => run(questions().describeKpi, { question: { kpi: 'calls', ...question } });
    expect(await ask({ by: 'channel', grain: 'week' })).toMatchObject({
      kpi: { sql: CALLS.sql, values: { channel: ['call'] } },
      // The first of January was a Thursday.
      series: [{ of: 'call', points: [{ at: '2025-12-29', value: 6 }] }],
      total: 6,
    });
    expect(await ask({ channel: 'web' })).toMatchObject({ series: [{ of: null, points: [] }], total: null });
    const scoped = await ask({ scope: { channel: ['store'] }, by: 'channel' });
    expect([scoped.series, scoped.kpi.values]).toEqual([[], { channel: [] }]);
    await expect(ask({ scope: { city: ['Bonn'] } })).rejects.toMatchObject({ code: 'KPI_OUT_OF_SCOPE' });
    await expect(ask({ city: 'Bonn' })).rejects.toMatchObject({ code: 'FILTER_UNKNOWN', field: 'city' });
    await expect(ask({ kpi: 'cals' })).rejects.toThrow(/did you mean "calls"/);
    await expect(ask({ from: 'soon' })).rejects.toThrow(/from/);
  });
});
