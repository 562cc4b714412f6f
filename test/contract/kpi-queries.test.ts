import { resolve } from 'node:path';
import { loadHub } from '../../adapters/local/hub-folder';
import { LakeKpiStore } from '../../adapters/sql/kpis/lake-kpi-store';
import { kpiContent as contentOf } from '../../activities/kpi-content';
import { kpiSql } from '../../core/kpis/kpi-fragments';
import { parametersOf, readKpiRows } from '../../core/kpis/kpi-rows';
import { kpiTotal } from '../../core/kpis/kpi-series';
import type { KpiStore } from '../../ports/kpi-store';
import type { Lake } from '../../ports/lake';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { holdInLake, kpiRows } from '../support/kpi-content';
import { startPostgresStores, startRedshiftStores, type KpiStores } from '../support/kpi-stores';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';

const customer = (index: number) => `c${String(index).padStart(5, '0')}`;
const event = (index: number, type: string, at: string, channel: string | null = null) =>
  [`p-${customer(index)}`, 'crm', type, channel, at] as const;

/** Of 20 customers, each with a call and a visit, and of some with what KPIs are about. */
const world = () => {
  const rows = kpiRows(20);
  return {
    ...rows,
    events: [
      ...rows.events,
      // A microsecond within seven days of the first call, and seven days after it.
      event(1, 'call_center', '2026-01-09 09:30:00.123455', 'call'),
      event(2, 'call_center', '2026-01-10 09:30:00.123456', 'store'),
      event(3, 'churn', '2025-12-22 00:00:00'),
      event(0, 'activation', '2026-01-10 00:00:00'),
      event(6, 'activation', '2026-01-01 00:00:00'),
      event(7, 'activation', '2026-01-01 00:00:00'),
      event(4, 'bill_shock', '2026-01-01 00:00:00'),
      event(5, 'bill_shock', '2026-01-19 00:00:00'),
      event(4, 'outage', '2026-01-10 00:00:00'),
      event(4, 'outage_resolved', '2026-01-10 06:30:00'),
      event(4, 'complaint', '2026-01-12 00:00:00', 'call'),
      event(5, 'outage', '2026-01-10 00:00:00'),
      event(5, 'outage_resolved', '2026-01-11 00:00:00'),
      event(10, 'web_login', '2026-01-15 00:00:00', 'web'),
      event(11, 'ivr_menu', '2026-01-03 09:00:00', 'call'),
      event(12, 'agent_transfer', '2026-01-04 10:00:00', 'call'),
      event(13, 'bill_issued', '2026-01-01 00:00:00'),
      event(13, 'late_payment', '2026-01-20 00:00:00'),
      event(14, 'bill_issued', '2026-01-01 00:00:00'),
      event(15, 'retention_offer', '2026-01-01 00:00:00'),
      event(15, 'churn', '2026-01-15 00:00:00'),
      event(16, 'retention_offer', '2026-01-05 00:00:00'),
    ],
    milestones: [
      ...rows.milestones,
      [customer(6), 'onboarded', '2026-01-10 00:00:00'],
      [customer(8), 'at-risk', '2026-01-02 00:00:00'],
      [customer(8), 'saved', '2026-01-20 00:00:00'],
      [customer(9), 'at-risk', '2026-01-02 00:00:00'],
    ],
  };
};

/** Over all days; of stocks, on the last day that has one. */
const EXPECTED = {
  'active-customers': 20,
  'bill-shock-to-call': 1 / 2,
  'churned-customers': 2,
  contacts: 42,
  containment: 1 / 2,
  'cost-to-serve': 24 * 6 + 9 + 17 * 0.1,
  csat: (1 + 2 + 3 + 4) / 4,
  // The first customer rated it after their activation; the others had gone through nothing.
  'csat-by-journey': 1,
  // The newest event was one microsecond before midnight: dates are counted, not hours.
  'data-freshness': 12,
  'digital-share': 17 / 42,
  'expected-churn': 1,
  // Of 22 calls, one was followed by another, and one by a complaint.
  'first-contact-resolution': 20 / 22,
  'journeys-completed': 7,
  'journeys-started': 8,
  'late-payment-rate': 1 / 2,
  'model-lift': (2.5 + 3.5) / 2,
  // They said 7, 8, 9 and 10.
  nps: 50,
  'offer-acceptance': 1 / 2,
  'onboarding-completion': 1 / 3,
  'outage-to-complaint': 1 / 2,
  'profiles-per-customer': 39 / 20,
  'repeat-contact-rate': 1 / 22,
  'save-rate': 1 / 2,
  'time-to-resolve': (6.5 + 24) / 2,
  'transfer-rate': 1 / 22,
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
  const { kpis } = (await loadHub(resolve('config'))).kpis;
  const store = await open();
  const span = { from: '1900-01-01', to: '2026-02-02' };
  const values: Record<string, number | null> = {};
  for (const kpi of kpis) {
    const rows = await store.rows(kpiSql(kpi.sql, store.dialect), { parameters: parametersOf(kpi, span) });
    values[kpi.id] = kpiTotal(kpi, readKpiRows(kpi, rows), span.from, span.to);
  }
  await store.close();
  for (const [id, expected] of Object.entries(EXPECTED))
    expect([id, values[id]]).toEqual([id, expect.closeTo(expected, 9)]);
  expect(Object.keys(values).sort()).toEqual(Object.keys(EXPECTED).sort());
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
