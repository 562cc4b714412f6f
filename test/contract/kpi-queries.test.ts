import { resolve } from 'node:path';
import { loadHub } from '../../adapters/local/hub-folder';
import { LakeKpiStore } from '../../adapters/sql/kpis/lake-kpi-store';
import { kpiContent as contentOf } from '../../activities/kpi-content';
import { kpiSql } from '../../core/kpis/kpi-fragments';
import type { KpiStore } from '../../ports/kpi-store';
import type { Lake } from '../../ports/lake';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { holdInLake, kpiRows } from '../support/kpi-content';
import { startPostgresStores, startRedshiftStores, type KpiStores } from '../support/kpi-stores';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';

/** Of 20 customers, each with a visit and a call; one of them called again, one left. */
const world = () => {
  const rows = kpiRows(20);
  return {
    ...rows,
    events: [
      ...rows.events,
      ['p-c00001', 'crm', 'call_center', 'call', '2026-01-09 09:30:00.123455'],
      ['p-c00002', 'crm', 'call_center', 'store', '2026-01-10 09:30:00.123456'],
      ['p-c00003', 'billing', 'churn', null, '2025-12-22 00:00:00'],
    ],
  };
};

const EXPECTED = {
  'active-customers': 20,
  'churned-customers': 1,
  // The newest event was one microsecond before midnight: dates are counted, not hours.
  'data-freshness': 12,
  'digital-share': 16 / 38,
  'expected-churn': 1,
  'profiles-per-customer': 39 / 20,
  'repeat-contact-rate': 1 / 22,
};

let room: Awaited<ReturnType<typeof openTestRoom>>;
let trino: TrinoServer;
let inTrino: Awaited<ReturnType<typeof openTrinoLake>>;
let postgres: KpiStores;
let redshift: KpiStores;

beforeAll(async () => {
  room = await openTestRoom();
  await holdInLake(room.lake, world());
  [trino, postgres, redshift] = await Promise.all([startTrino(), startPostgresStores(), startRedshiftStores()]);
  inTrino = await openTrinoLake(trino);
  await holdInLake(inTrino.lake, world());
}, 600_000);
afterAll(async () => {
  await inTrino?.close();
  await Promise.all([trino?.stop(), postgres?.stop(), redshift?.stop()]);
  await room?.close();
});

/** A store with what a lake has, as the nightly loads it. */
async function loaded(stores: KpiStores, lake: Lake): Promise<KpiStore> {
  const store = stores.open();
  await store.load(await contentOf(lake, await lake.version(), new AbortController().signal));
  return store;
}

const stores: readonly (readonly [name: string, open: () => Promise<KpiStore>])[] = [
  ['the local lake', async () => new LakeKpiStore(room.lake)],
  ['a lake in Trino', async () => new LakeKpiStore(inTrino.lake)],
  ['PostgreSQL, loaded from the local lake', () => loaded(postgres, room.lake)],
  ['PostgreSQL, loaded from Trino', () => loaded(postgres, inTrino.lake)],
  ['Redshift, loaded from the local lake', () => loaded(redshift, room.lake)],
  ['Redshift, loaded from Trino', () => loaded(redshift, inTrino.lake)],
];

it.each(stores)('every KPI has the same value in %s', async (_name, open) => {
  const { kpis } = await loadHub(resolve('config'));
  const store = await open();
  const values: Record<string, number> = {};
  for (const { id, sql } of kpis) {
    const parameters: Record<string, string> = sql.includes('$business_date') ? { business_date: '2026-02-01' } : {};
    const [row] = await store.rows<{ value: unknown }>(kpiSql(sql, store.dialect), { parameters });
    values[id] = Number(row!.value);
  }
  await store.close();
  expect(values).toEqual(EXPECTED);
});

it.each(stores)('journeys are the same, a step a row, in %s', async (_name, open) => {
  const store = await open();
  const rows = await store.rows<Record<string, unknown>>(
    'SELECT customer_id, place, code, at_ms, channel FROM journey_steps ORDER BY customer_id, place',
  );
  await store.close();
  expect(
    rows.map((row) => [row['customer_id'], Number(row['place']), row['code'], row['at_ms'], row['channel']]),
  ).toEqual(world().journey_steps);
});
