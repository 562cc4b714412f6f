import { MockActivityEnvironment } from '@temporalio/testing';
import { createKpisActivities, type RefreshKpisResult } from '../../activities/kpis';
import { LakeKpiStore } from '../../adapters/sql/kpis/lake-kpi-store';
import { HubError } from '../../core/errors';
import type { KpiContent, KpiStore } from '../../ports/kpi-store';
import { holdInLake, kpiRows } from '../support/kpi-content';
import { openTestRoom, type TestRoom } from '../support/local-room';

const KPIS = [
  { id: 'customers', title: 'Customers', unit: 'customers', sql: 'SELECT count(*) AS value FROM customers' },
  { id: 'broken', title: 'Broken', unit: 'x', sql: 'SELECT nowhere AS value FROM customers' },
  {
    id: 'age',
    title: 'Age',
    unit: 'days',
    sql: 'SELECT days_between(max(occurred_at), $business_date) AS value FROM events',
  },
];

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
  await holdInLake(room.lake, kpiRows(3));
});
afterEach(() => room.close());

const refresh = (kpiStore: KpiStore, businessDate: string): Promise<RefreshKpisResult> => {
  const { refreshKpis } = createKpisActivities({ lake: room.lake, kpiStore, kpis: KPIS });
  return new MockActivityEnvironment().run(refreshKpis, { businessDate });
};
const values = () => room.lake.rows('SELECT kpi, value FROM kpis ORDER BY business_date, kpi');

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

it('computes KPIs, tells those that fail, and keeps those of other dates', async () => {
  const store = new LakeKpiStore(room.lake);
  expect(await refresh(store, '2026-01-21')).toEqual({
    kpis: 2,
    failed: [{ kpi: 'broken', reason: expect.stringContaining('nowhere') }],
  });
  await refresh(store, '2026-01-30');
  expect(await values()).toEqual([
    { kpi: 'age', value: 1 },
    { kpi: 'customers', value: 3 },
    { kpi: 'age', value: 10 },
    { kpi: 'customers', value: 3 },
  ]);
});

it('gives a store the same revision until what it is made of changes', async () => {
  const given: KpiContent[] = [];
  const store = remembering(given);
  await refresh(store, '2026-01-21');
  await refresh(store, '2026-01-22');
  await holdInLake(room.lake, kpiRows(4));
  await refresh(store, '2026-01-23');
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
    await expect(refresh(remembering([], down), '2026-01-21')).rejects.toMatchObject({ code });
    expect(await values()).toEqual([]);
  },
);
