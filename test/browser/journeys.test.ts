import type { Page, Route } from 'playwright-core';
import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const CHURN = '/journeys?event=churn&as=end&steps=5&top=12';
const table = (page: Page) => page.getByRole('region', { name: 'Most frequent journeys' });
const rows = (page: Page) => table(page).locator('tbody tr');
const total = (page: Page) => page.locator('#total');

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
    await total(page)
      .filter({ hasText: new RegExp(`^${number.trim()}$`) })
      .waitFor();
    const listed = await page.getByLabel('Whose journeys').locator('tbody tr').count();
    expect(listed).toBe(Math.min(25, Number(number.trim())));
  }
  expect(errors).toEqual([]);
});

it('a step is fixed, looked away from, and taken back; all of it is in the address', async () => {
  const { page } = await site.open(CHURN);
  const step = rows(page).first().getByRole('button').first();
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
  await page.getByRole('region', { name: 'Differences' }).locator('tbody tr').first().waitFor();
  expect(page.url()).toMatch(/compare=yes.*a\.had=call_center.*b\.hadNot=call_center/);
  expect(await violations()).toEqual([]);
  await keep('journeys-compared');
  expect(errors).toEqual([]);
});

it('everything is reached by the keyboard', async () => {
  const { page } = await site.open('/journeys?event=complaint&as=start&steps=4&top=5');
  await rows(page).first().waitFor();
  const box = page.getByRole('combobox', { name: 'Event of interest' });
  await box.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('bill_sho');
  await page.keyboard.press('Enter');
  await page.waitForURL(/event=bill_shock/);
  await rows(page).first().getByRole('button').first().waitFor();
  await rows(page).first().getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('button', { name: 'Whose journeys' });
  await menu.waitFor();
  // The step is the event of interest: there is nothing to fix, and the menu has the focus.
  expect(
    await menu.evaluate(
      (button) => (button.getRootNode() as unknown as { activeElement: unknown }).activeElement === button,
    ),
  ).toBe(true);
  await page.keyboard.press('Enter');
  await total(page).waitFor();
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

it('what is asked wrongly is told in the words of the hub', async () => {
  const { page } = await site.open('/journeys?event=chrun');
  await page
    .getByRole('alert')
    .getByText(/did you mean "churn"/)
    .waitFor();
});

const EVIL = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

it('names of steps are text, whatever they say', async () => {
  const { page, errors } = await site.open('/journeys?event=complaint');
  await replacing(page, '/v1/reports/journey-frequency', (body: { journeys: { steps: string[] }[] }) => ({
    ...body,
    journeys: body.journeys.map((journey) => ({ ...journey, steps: [EVIL, ...journey.steps] })),
  }));
  await page.goto('about:blank');
  await page.goto(`${site.url}/#${CHURN}`);
  await rows(page).first().getByRole('button', { name: EVIL }).waitFor();
  await page.getByRole('img', { name: /Flows/ }).hover();
  expect(await page.title()).toBe('Journeys · Sample telco');
  expect(errors).toEqual([]);
});

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
