import type { Locator, Page, Route } from 'playwright-core';
import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const CHURN = '/journeys?event=churn&as=end&steps=5&top=12';
const table = (page: Page) => page.getByRole('region', { name: 'Most frequent journeys' });
const rows = (page: Page) => table(page).locator('tbody tr');
/** The steps of the first journey of a table. */
const stepsOf = (journeys: Locator) => journeys.first().locator('journey-path').getByRole('button');
const total = (page: Page) => page.locator('#total');

/** Whether what has the focus, in whatever shadow tree, says a text. */
const FOCUSED = `(text) => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.textContent.includes(text) === true;
}`;
const numberOf = (text: string) => /: ([\d,]+) \(/.exec(text)![1]!;
const totalIs = (page: Page, number: string) =>
  total(page)
    .filter({ hasText: new RegExp(`^${number}$`) })
    .waitFor();
const hasFocus = (locator: Locator) =>
  locator.evaluate((node) => (node.getRootNode() as unknown as { activeElement: unknown }).activeElement === node);

/** Answers of the API with some of it replaced. */
async function replacing(page: Page, path: string, change: (body: never) => unknown): Promise<void> {
  await page.route(`**${path}`, async (route: Route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as never) });
  });
}

it('the first question of the hub is answered without a click, without errors, and without barriers in either theme', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, errors, violations, keep } = await site.open('/journeys', { theme });
    await rows(page).first().waitFor();
    expect(await rows(page).count()).toBeGreaterThan(2);
    await page.getByRole('img', { name: /Flows/ }).locator('canvas').waitFor();
    expect(page.url()).toContain('event=churn');
    expect(await violations()).toEqual([]);
    if (theme === 'light') await keep('journeys');
    expect(errors).toEqual([]);
    await page.context().close();
  }
});

it('fits a phone', async () => {
  const { page, overflow, violations } = await site.open(CHURN, { viewport: PHONE });
  await rows(page).first().waitFor();
  expect(await overflow()).toBe(0);
  expect(await violations()).toEqual([]);
});

it('the list behind every number has as many journeys as the number says', async () => {
  const { page, errors } = await site.open(CHURN);
  await rows(page).first().waitFor();
  const numbers = await table(page).locator('td button.plain').allTextContents();
  for (const [index, number] of numbers.slice(0, 4).entries()) {
    await table(page).locator('td button.plain').nth(index).click();
    await totalIs(page, number.trim());
    const listed = await page.getByLabel('Whose journeys').locator('tbody tr').count();
    expect(listed).toBe(Math.min(25, Number(number.trim())));
  }
  expect(errors).toEqual([]);
});

it('the list behind a step has as many journeys as its menu says, and closing it leads back to the step', async () => {
  const { page } = await site.open(CHURN);
  const step = stepsOf(rows(page)).nth(1);
  await step.click();
  const menu = page.getByRole('button', { name: /^Whose journeys \(\d+\)$/ });
  const said = /\((\d+)\)/.exec((await menu.textContent())!)![1]!;
  expect(Number(said)).toBeGreaterThan(0);
  await menu.click();
  await total(page).waitFor();
  expect(await total(page).textContent()).toBe(said);
  await page.getByLabel('Whose journeys').getByRole('button', { name: 'Close' }).click();
  expect(await hasFocus(step)).toBe(true);
});

it('the tree is a list, too, whose numbers are those of the journeys behind them, folded ones as well', async () => {
  const { page, violations } = await site.open(CHURN);
  await page.getByText('The same as a list').click();
  const branches = page.locator('tree-outline').getByRole('button');
  const texts = await branches.allTextContents();
  const folded = texts.findIndex((text) => text.includes('other steps'));
  expect(folded).toBeGreaterThan(0);
  await branches.nth(1).click();
  await page.getByRole('button', { name: /^Whose journeys/ }).click();
  await totalIs(page, numberOf(texts[1]!));
  await branches.nth(folded).click();
  await totalIs(page, numberOf(texts[folded]!));
  expect(await violations()).toEqual([]);
});

it('a second step is fixed in its place on the way, whichever was fixed first', async () => {
  const { page } = await site.open(CHURN);
  await rows(page).first().waitFor();
  const steps = await stepsOf(rows(page)).allTextContents();
  const [second, third] = steps.slice(1, 3).map((step) => step.trim()) as [string, string];
  for (const name of [third, second]) {
    await rows(page).first().getByRole('button', { name, exact: true }).click();
    await page.getByRole('button', { name: 'Fix it' }).click();
    await page.getByRole('button', { name: `Take back: through ${name}` }).waitFor();
  }
  const asked = [second, third].map((step) => `through=${step.replaceAll(' ', '_')}`).join('&');
  expect(page.url()).toContain(asked);
  await rows(page).first().waitFor();
});

it('a step is fixed, looked away from, and taken back; all of it is in the address', async () => {
  const { page } = await site.open(CHURN);
  const step = stepsOf(rows(page)).first();
  await step.waitFor();
  const name = (await step.textContent())!.trim();
  await step.click();
  await page.getByRole('button', { name: 'Whose journeys' }).click();
  await total(page).waitFor();
  await step.click();
  await page.getByRole('button', { name: 'Fix it' }).click();
  await page.getByRole('button', { name: `Take back: through ${name}` }).waitFor();
  expect(page.url()).toContain(`through=${name.replaceAll(' ', '_')}`);
  const shared = page.url();
  await page.goto('about:blank');
  await page.goto(shared);
  await page.getByRole('button', { name: `Take back: through ${name}` }).click();
  expect(page.url()).not.toContain('through=');
});

it('a name typed and entered before the names are there is chosen when they are', async () => {
  const { page } = await site.open('/');
  let enter = () => {};
  const entered = new Promise<void>((resolve) => (enter = resolve));
  await page.route('**/v1/steps', async (route) => {
    await entered;
    await route.continue();
  });
  await page.goto(`${site.url}/#/journeys?event=complaint&as=start&steps=2&top=5`);
  const box = page.getByRole('combobox', { name: 'Event of interest' });
  await box.fill('bill_sho');
  await page.getByText('The names are on their way').first().waitFor();
  await box.press('Enter');
  enter();
  await page.waitForURL(/event=bill_shock/);
});

it('two segments are compared side by side', async () => {
  // Of few customers, only short journeys are frequent enough to be compared.
  const { page, errors, violations, keep } = await site.open('/journeys?event=bill_shock&as=end&steps=2&top=12');
  await page.getByRole('button', { name: 'Compare two segments' }).click();
  for (const [segment, label] of [
    ['A', 'who had'],
    ['B', 'who never had'],
  ] as const) {
    const box = page
      .locator('segment-editor')
      .filter({ hasText: `Segment ${segment}` })
      .getByRole('combobox', { name: label, exact: true });
    await box.fill('call_center');
    await box.press('Enter');
    await page.getByRole('button', { name: `Take back: ${label} call center` }).waitFor();
  }
  // Until the segments are compared as they are now, what they were compared to before stays.
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  const differences = page.getByRole('region', { name: 'Differences' }).locator('tbody tr');
  await differences.first().waitFor();
  await page.getByRole('heading', { name: /^Flows .* of B$/ }).waitFor();
  for (const side of ['A', 'B']) {
    const number = differences.first().getByRole('button', { name: new RegExp(`^Whose in ${side}: `) });
    await number.click();
    await page.getByRole('heading', { name: new RegExp(`journeys?: ${side}, `) }).waitFor();
    await totalIs(page, (await number.textContent())!.trim());
  }
  await stepsOf(differences).first().click();
  const inB = page.getByRole('button', { name: /^Whose journeys in B/ });
  const said = /\((\d+)\)/.exec((await inB.textContent())!)![1]!;
  await inB.click();
  await totalIs(page, said);
  expect(page.url()).toMatch(/compare=yes.*a\.had=call_center.*b\.hadNot=call_center/);
  expect(await violations()).toEqual([]);
  await keep('journeys-compared');
  expect(errors).toEqual([]);
});

it('everything is reached by the keyboard alone', async () => {
  const { page } = await site.open('/journeys?event=complaint&as=start&steps=4&top=5');
  await rows(page).first().waitFor();
  const tabTo = async (target: Locator) => {
    for (let pressed = 0; pressed < 80; pressed++) {
      await page.keyboard.press('Tab');
      if ((await target.count()) > 0 && (await hasFocus(target))) return;
    }
    throw new Error(`the keyboard does not reach ${target.toString()}`);
  };
  await tabTo(page.getByRole('button', { name: 'Skip to the page' }));
  await page.keyboard.press('Enter');
  await tabTo(page.getByRole('combobox', { name: 'Event of interest' }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('bill_sho');
  await page.keyboard.press('Enter');
  await page.waitForURL(/event=bill_shock/);
  await tabTo(stepsOf(rows(page)).nth(1));
  await page.keyboard.press('Enter');
  // The menu has the focus, and gives it back.
  await page.waitForFunction(FOCUSED, 'Fix it');
  await page.keyboard.press('Escape');
  expect(await hasFocus(stepsOf(rows(page)).nth(1))).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForFunction(FOCUSED, 'Fix it');
  await page.keyboard.press('Enter');
  await page.waitForURL(/through=/);
  await page.waitForFunction(FOCUSED, 'through');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.hash.includes('through='));
});

it('a view is saved, and found again', async () => {
  const { page } = await site.open(CHURN);
  await page.getByLabel('Name of this view').fill('Before they leave');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${site.url}/#/journeys?event=complaint`);
  await page.getByText('Saved views (1)').click();
  await page.getByRole('link', { name: 'Before they leave' }).click();
  await page.waitForURL(/event=churn/);
});

it('a hub that is away is told, and asked again until it is back', async () => {
  const { page } = await site.open(CHURN);
  await rows(page).first().waitFor();
  await page.route('**/v1/**', (route) => route.abort());
  await page.getByRole('combobox', { name: 'Event of interest' }).fill('complaint');
  await page.keyboard.press('Enter');
  await page.getByText('The hub does not answer. Trying again…').waitFor();
  await page.unroute('**/v1/**');
  await page.getByText('The hub does not answer. Trying again…').waitFor({ state: 'detached' });
  await rows(page).first().waitFor();
});

it('a page whose file cannot be had says so, and is there once the hub is back', async () => {
  const { page } = await site.open('/nowhere');
  await page.route('**/assets/journeys-*.js', (route) => route.abort());
  await page.route('**/v1/**', (route) => route.abort());
  await page.getByRole('link', { name: 'Journeys' }).click();
  await page.getByText('This page could not be loaded.').waitFor();
  await page.getByText('The hub does not answer. Trying again…').waitFor();
  await page.unrouteAll();
  await rows(page).first().waitFor();
});

it('days begin in the zone of the hub', async () => {
  const { page } = await site.open('/nowhere');
  const asked = page.waitForRequest('**/v1/reports/journey-frequency');
  await page.goto(`${site.url}/#${CHURN}&a.from=2026-01-15&a.until=2026-07-15`);
  expect((await asked).postDataJSON()).toMatchObject({
    segment: { activeFrom: '2026-01-14T23:00:00.000Z', activeUntil: '2026-07-14T22:00:00.000Z' },
  });
});

it('what is asked wrongly is told in the words of the hub', async () => {
  const { page } = await site.open('/journeys?event=chrun');
  await page
    .getByRole('alert')
    .getByText(/did you mean "churn"/)
    .waitFor();
});

const EVIL = `<img src=x onerror="window.owned=1"><script>window.owned=1</script>`;

it('names of steps and customers are text, whatever they say', async () => {
  const { page, errors } = await site.open('/nowhere');
  await replacing(page, '/v1/steps', () => ({ steps: [{ step: EVIL, events: 1, channels: [] }] }));
  await replacing(page, '/v1/reports/journey-frequency', (body: Frequency) => ({
    ...body,
    journeys: body.journeys.map((journey) => ({ ...journey, steps: [EVIL, ...journey.steps] })),
    tree: { ...body.tree, children: [{ step: EVIL, count: 1, ended: 1, cut: 0, children: [] }] },
  }));
  await replacing(page, '/v1/reports/journey-list', (body: object) => ({
    ...body,
    journeys: [{ customer: EVIL, at: '2026-01-01T00:00:00Z' }],
  }));
  await page.goto(`${site.url}/#${CHURN}`);
  const step = rows(page).first().getByRole('button', { name: EVIL, exact: true });
  await step.click();
  await page.getByLabel(`Step ${EVIL}`).getByRole('button', { name: 'Close' }).click();
  await table(page).locator('td button.plain').first().click();
  await page.getByRole('link', { name: EVIL, exact: true }).waitFor();
  await page.getByText('The same as a list').click();
  await page.locator('tree-outline').getByRole('button', { name: EVIL }).waitFor();
  await page.getByRole('combobox', { name: 'Event of interest' }).fill('<img');
  await page.getByRole('option', { name: EVIL }).waitFor();
  for (const chart of await page.locator('hub-chart').all()) {
    const { width, height } = (await chart.boundingBox())!;
    for (const part of [0.05, 0.3, 0.7, 0.95]) await chart.hover({ position: { x: part * width, y: height / 2 } });
  }
  expect(await page.evaluate('window.owned')).toBeUndefined();
  expect(errors).toEqual([]);
});

interface Frequency {
  readonly journeys: { readonly steps: string[] }[];
  readonly tree: object;
}

it('ten thousand step types are searched without delay', async () => {
  const { page, errors } = await site.open('/overview');
  await replacing(page, '/v1/steps', () => ({
    steps: Array.from({ length: 10_000 }, (_, index) => ({ step: `step_${index}`, events: 1, channels: [] })),
  }));
  await page.goto(`${site.url}/#${CHURN}`);
  await rows(page).first().waitFor();
  const box = page.getByRole('combobox', { name: 'Event of interest' });
  await box.fill('step_777');
  await page.getByRole('option', { name: 'step_777 1', exact: true }).waitFor();
  expect(await page.getByRole('option').count()).toBeLessThan(100);
  expect(errors).toEqual([]);
});
