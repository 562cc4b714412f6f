import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { openDesk, type Desk } from './support/desk';
import { openSite, PHONE, type Site, type Visit } from './support/site';

let site: Site;
let desk: Desk;
let customer: string;
beforeAll(async () => {
  site = await openSite();
  desk = await openDesk(site.url);
  const response = await fetch(`${site.url}/v1/reports/journey-list`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'churn', as: 'end', limit: 1 }),
  });
  customer = ((await response.json()) as { journeys: { customer: string }[] }).journeys[0]!.customer;
});
afterAll(async () => {
  await desk.close();
  await site.close();
});

/** Of the module, gzipped. */
const MOST_BYTES = 60_000;
const EVIL = `<img src=x onerror="document.title='owned'">`;

const propensity = (title: string) => ({
  ...{ kind: 'binary', score: 0.31, model: 'churn', title, version: 'v1', asOf: '2026-04-01T00:00:00Z' },
  ...{ percentile: 97, customers: 1_200, trend: [{ asOf: '2026-03-01T00:00:00Z', version: 'v1', score: 0.2 }] },
  reasons: [{ feature: 'calls', value: 4, words: EVIL, adds: 0.9 }],
});

/** A model's word on a customer: to train one takes minutes. */
async function scored(page: Page, title = 'Leaves'): Promise<void> {
  await page.route('**/propensities', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { customer, propensities: [propensity(title)] } });
  });
}

/** A browser that has left the website, and asks nothing any more. */
async function visit(options?: Parameters<Site['open']>[1]): Promise<Visit> {
  const opened = await site.open('/nowhere', options);
  await opened.page.goto('about:blank');
  return opened;
}

async function untilAllShow(page: Page): Promise<void> {
  await page.locator('journey-timeline').getByText('churn', { exact: true }).first().waitFor();
  await page.locator('similar-customers').getByText('were once at this point').waitFor();
  await page.locator('propensity-score').getByText('31%').waitFor();
  await page
    .locator('journey-frequency')
    .getByText(/^[\d,]+ customers had churn\./)
    .waitFor();
  await page
    .locator('milestone-funnel')
    .getByText(/reached at-risk, and not churned/)
    .waitFor();
  for (const title of ['Contacts', 'Churned customers', 'First-contact resolution'])
    await page
      .getByRole('region', { name: title })
      .getByText(/^\s*\d/)
      .first()
      .waitFor();
}

it('all widgets show what the hub knows on a page of another origin, in either theme and on a phone, and ask nobody else', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, errors, violations, overflow, keep } = await visit({ theme, viewport: PHONE });
    const origins = new Set<string>();
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    await scored(page);
    await page.goto(desk.page(customer));
    await untilAllShow(page);
    expect(await violations()).toEqual([]);
    expect(await overflow()).toBe(0);
    await keep(`widgets-${theme}`);
    expect([...origins].sort()).toEqual([desk.origin, site.url].sort());
    expect(errors).toEqual([]);
    await page.context().close();
  }
});

it('what is chosen in a widget is told to the page, which puts somebody else on the line', async () => {
  const { page } = await visit();
  await page.goto(desk.page(customer));
  const other = page.locator('similar-customers').getByRole('button').first();
  const name = (await other.textContent())!.trim();
  await other.click();
  await page.getByRole('log').getByText(`customer-select: {"customer":"${name}"}`).waitFor();
  expect(await page.locator('journey-timeline').getAttribute('customer')).toBe(name);
  await page.locator('journey-frequency').getByRole('button').first().click();
  await page.getByRole('log').getByText('journey-select: {"event":"churn","as":"end"').waitFor();
});

it('nobody is shown what is of another customer', async () => {
  const { page } = await visit();
  await page.goto(desk.page(customer));
  const steps = page.locator('journey-timeline').getByRole('list', { name: 'Steps' });
  await steps.waitFor();
  let answer!: () => void;
  const held = new Promise<void>((resolve) => (answer = resolve));
  for (const asked of ['**/v1/reports/journey-report', '**/v1/customers/c-none/milestones?*'])
    await page.route(asked, async (route) => {
      await held;
      await route.continue();
    });
  await page.getByLabel('Customer on the line').fill('c-none');
  await page.getByRole('button', { name: 'Take the call' }).click();
  await page.locator('journey-timeline').getByText('Loading…').waitFor();
  expect(await steps.count()).toBe(0);
  answer();
  await page
    .locator('journey-timeline')
    .getByRole('alert')
    .getByText(/no (journey of|customer) "c-none"/)
    .waitFor();
  await page.getByRole('log').getByText('hub-error').first().waitFor();
  await page.evaluate("document.querySelector('journey-timeline').removeAttribute('customer')");
  await page.locator('journey-timeline').getByText('No customer is chosen.').waitFor();
});

it('a token that is over is renewed, once for all, and the widgets go on', async () => {
  const { page } = await visit();
  const before = desk.tokens.length;
  const refused: string[] = [];
  let renew!: () => void;
  const renewed = new Promise<void>((resolve) => (renew = resolve));
  await page.route('**/v1/**', async (route) => {
    const token = (await route.request().headerValue('authorization')) ?? 'none';
    if (token !== `Bearer token-${before + 1}`) return route.fallback();
    refused.push(token);
    // One of them is refused only after others got a new token.
    if (refused.length === 1) await renewed;
    const headers = { 'access-control-allow-origin': desk.origin, 'content-type': 'application/problem+json' };
    return route.fulfill({ status: 401, headers, body: '{"detail":"The token is over."}' });
  });
  const sent: (string | null)[] = [];
  page.on('requestfinished', (request) => {
    if (request.method() !== 'OPTIONS' && request.url().startsWith(`${site.url}/v1/`))
      void request.headerValue('authorization').then((one) => sent.push(one));
  });
  page.on('request', (request) => {
    if (request.headers()['authorization'] === `Bearer token-${before + 2}`) renew();
  });
  await page.goto(desk.page(customer, { tokens: '/hub-token' }));
  await page.locator('journey-timeline').getByText('churn', { exact: true }).first().waitFor();
  await page.locator('similar-customers').getByText('were once at this point').waitFor();
  await page.locator('propensity-score').getByText('No deployed version of churn').waitFor();
  await page.locator('journey-frequency').getByText('customers had churn.').waitFor();
  await page.locator('milestone-funnel').getByText('and not churned').waitFor();
  await page
    .getByRole('region', { name: 'Contacts' })
    .getByText(/^\s*\d/)
    .first()
    .waitFor();
  expect(refused.length).toBeGreaterThan(1);
  expect(desk.tokens.length).toBe(before + 2);
  expect(sent).toContain(`Bearer token-${before + 2}`);
  expect(sent).not.toContain(null);
});

it('what a hub says of steps and people is text, whatever it says', async () => {
  const { page, errors } = await visit();
  await page.route('**/v1/reports/journey-report', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as object;
    const steps = [{ step: EVIL, channel: EVIL, at: '2026-04-01T00:00:00Z' }];
    await route.fulfill({ response, json: { ...body, attributes: { [EVIL]: EVIL }, timeline: { total: 1, steps } } });
  });
  await page.route('**/v1/reports/journey-frequency', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { journeys: object[] };
    await route.fulfill({ response, json: { ...body, journeys: [{ ...body.journeys[0], steps: [EVIL, 'churn'] }] } });
  });
  await scored(page, EVIL);
  await page.goto(desk.page(customer));
  const timeline = page.locator('journey-timeline');
  await timeline.getByText(EVIL).first().waitFor();
  await timeline.getByText('Personal data').click();
  await timeline.locator('dd', { hasText: EVIL }).waitFor();
  await page.locator('journey-frequency').getByText(EVIL).waitFor();
  await page.locator('propensity-score').getByRole('heading', { name: EVIL }).waitFor();
  await page.locator('propensity-score').locator('li', { hasText: EVIL }).waitFor();
  expect(await page.title()).toBe('Agent desktop');
  expect(errors).toEqual([]);
});

it('they look as the page says by custom properties, at its root and at any element, and by its color scheme', async () => {
  const { page } = await visit();
  await page.goto(desk.page(customer));
  await page.locator('kpi-tile').first().locator('section').waitFor();
  const panel = (index: number) =>
    page
      .locator('kpi-tile')
      .nth(index)
      .locator('section')
      .evaluate((section) => (globalThis as unknown as StyleWindow).getComputedStyle(section).backgroundColor);
  const set = (target: string, name: string, value: string) =>
    page.evaluate(`${target}.style.setProperty('${name}', '${value}')`);
  expect(await panel(0)).toBe('rgb(255, 255, 255)');
  await set('document.documentElement', 'color-scheme', 'dark');
  expect(await panel(0)).toBe('rgb(26, 32, 41)');
  await set('document.documentElement', '--hub-panel', 'rgb(1, 2, 3)');
  await set("document.querySelector('kpi-tile')", '--hub-panel', 'rgb(4, 5, 6)');
  expect([await panel(0), await panel(1)]).toEqual(['rgb(4, 5, 6)', 'rgb(1, 2, 3)']);
});

it('a KPI that there is not is told with those that there are, to people and to the page', async () => {
  const { page } = await visit();
  await page.goto(desk.page(customer));
  await page.evaluate("document.querySelector('kpi-tile').setAttribute('kpi', 'contact')");
  await page
    .getByRole('alert')
    .getByText(/There is no KPI “contact”; there are .*contacts/)
    .waitFor();
  await page
    .getByRole('log')
    .getByText(/hub-error: .*There is no KPI “contact”/)
    .waitFor();
});

it('a hub that does not answer is told, and the widgets go on when it does', async () => {
  const { page } = await visit();
  await page.route('**/v1/**', (route) => route.abort());
  await page.goto(desk.page(customer));
  await page.locator('kpi-tile').first().getByText('The hub does not answer. Trying again…').waitFor();
  await page
    .getByRole('log')
    .getByText(/does not answer; if it is up, api\.origins of its hub\.yaml has to name/)
    .first()
    .waitFor();
  await page.unroute('**/v1/**');
  await page
    .getByRole('region', { name: 'Contacts' })
    .getByText(/^\s*\d/)
    .first()
    .waitFor();
  expect(await page.getByText('The hub does not answer. Trying again…').count()).toBe(0);
});

it('they are one small module, which needs nothing else of the hub', async () => {
  const { page } = await visit();
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script' && request.url().startsWith(site.url)) scripts.push(request.url());
  });
  await page.goto(desk.page(customer));
  await page.locator('kpi-tile').first().locator('section').waitFor();
  expect(scripts).toEqual([`${site.url}/widgets.js`]);
  const module = await readFile(resolve('website', 'dist', 'widgets.js'));
  expect(gzipSync(module).length).toBeLessThan(MOST_BYTES);
});

interface StyleWindow {
  getComputedStyle(element: unknown): { readonly backgroundColor: string };
}
