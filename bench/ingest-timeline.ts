import { setTimeout as delay } from 'node:timers/promises';
import { startHub } from '../test/support/started-hub';

const EVENTS_PATH = '/v1/events';
const CRM = 'crm:';
const CUSTOMERS = 20_000;
const EVENTS = 60;
/** Between events, so that each has a landing of its own. */
const APART_MS = 3_000;
const LOOK_MS = 100;
const PATIENCE_MS = 60_000;

/**
 * Events that are posted one by one to a hub that runs, each until it is in the customer's report: in seconds, the quickest first. Looking
 * costs the hub, too.
 */
export async function seenAfter(): Promise<number[]> {
  const sample = { customers: CUSTOMERS, days: 120, seed: 7 };
  const hub = await startHub({ name: 'Bench', timezone: 'Europe/Berlin', api: { port: 0 }, sample });
  try {
    const took: number[] = [];
    for (const [number, customer] of (await someCustomers(hub.apiUrl)).entries()) {
      const [seconds] = await Promise.all([seen(hub.apiUrl, customer, number), delay(APART_MS)]);
      took.push(seconds);
    }
    return took.sort((a, b) => a - b);
  } finally {
    await hub.stop();
  }
}

async function seen(apiUrl: string, { id, subject }: Customer, number: number): Promise<number> {
  const before = (await timelineOf(apiUrl, id)).total;
  const from = performance.now();
  const event = {
    ...{ specversion: '1.0', id: `bench-${number}`, source: 'urn:journey-hub:bench', type: 'bill_shock' },
    ...{ time: new Date().toISOString(), subject, data: { channel: 'app' } },
  };
  await ask(apiUrl, EVENTS_PATH, event, 'application/cloudevents+json');
  while ((await timelineOf(apiUrl, id)).total === before) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`${id} has not been seen for ${PATIENCE_MS} ms`);
    await delay(LOOK_MS);
  }
  return (performance.now() - from) / 1_000;
}

interface Customer {
  readonly id: string;
  /** Their number in the CRM, which posted events name. */
  readonly subject: string;
}

async function someCustomers(apiUrl: string): Promise<Customer[]> {
  const asked = { event: 'churn', as: 'end', limit: EVENTS };
  const { journeys } = await ask<{ journeys: { customer: string }[] }>(apiUrl, '/v1/reports/journey-list', asked);
  return Promise.all(
    journeys.map(async ({ customer: id }) => {
      const identity = await ask<{ profiles: { profile: string }[] }>(apiUrl, `/v1/customers/${id}/identity`);
      const known = identity.profiles.find(({ profile }) => profile.startsWith(CRM))!;
      return { id, subject: known.profile.slice(CRM.length) };
    }),
  );
}

async function timelineOf(apiUrl: string, customer: string): Promise<{ readonly total: number }> {
  type Report = { readonly timeline: { readonly total: number } };
  return (await ask<Report>(apiUrl, '/v1/reports/journey-report', { customer })).timeline;
}

async function ask<Answer>(apiUrl: string, path: string, body?: object, type = 'application/json'): Promise<Answer> {
  const headers = { prefer: 'wait=30', ...(body !== undefined && { 'content-type': type }) };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${apiUrl}${path}`, request);
  if (response.status === 202 && path !== EVENTS_PATH) return ask(apiUrl, path, body, type);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
