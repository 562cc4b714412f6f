import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('the night is told stage by stage, and what was refused by reason and row by row', async () => {
  const { page, errors, violations, overflow, keep } = await site.open('/operations', { viewport: PHONE });
  await page
    .getByRole('button', { name: /^nightly/ })
    .first()
    .click();
  await page
    .getByRole('region', { name: /^Stages of nightly/ })
    .getByText('identity')
    .waitFor();
  const reasons = page.getByRole('region', { name: 'Reasons' });
  await reasons
    .getByRole('button', { name: /missing/ })
    .first()
    .click();
  const rows = page.getByRole('region', { name: 'Rows as they came' });
  await rows.locator('tbody tr').first().waitFor();
  expect(await overflow()).toBe(0);
  expect(await violations()).toEqual([]);
  await keep('operations');
  expect(errors).toEqual([]);
});

it('a run is started from the form and followed; wrong input is told, and stays', async () => {
  const { page } = await site.open('/operations');
  const form = page.locator('run-starter form');
  await form.getByLabel('What').selectOption('KPIs');
  await form.getByLabel('KPIs (all)').fill('contact');
  await form.getByRole('button', { name: 'Start' }).click();
  await page
    .getByRole('region', { name: 'Run kpis-by-hand' })
    .getByText(/there is no KPI "contact"/)
    .waitFor();
  await form.getByLabel('KPIs (all)').fill('contacts');
  await form.getByRole('button', { name: 'Start' }).click();
  await form.getByRole('status').getByText('Started kpis-by-hand.').waitFor();
  await page.getByRole('region', { name: 'Run kpis-by-hand' }).getByText('completed').waitFor();
  expect(page.url()).toContain('operations');
});

it('what was refused is read again', async () => {
  const { page } = await site.open('/operations');
  const again = page
    .getByRole('region', { name: 'Reasons' })
    .getByRole('button', { name: /^Read .* again/ })
    .first();
  await again.click();
  await page
    .locator('quarantine-view')
    .getByRole('status')
    .getByText(/^Started redrive-/)
    .waitFor();
  await page
    .getByRole('region', { name: /^Run redrive-/ })
    .getByText('completed')
    .waitFor();
});

it('the schedule is paused with a reason, and goes on', async () => {
  const { page } = await site.open('/operations');
  const schedules = page.locator('schedule-list');
  await schedules
    .getByText(/^Next: /)
    .or(schedules.getByText(/Next: /))
    .first()
    .waitFor();
  await schedules.getByLabel('Why is it paused').fill('files are late');
  await schedules.getByRole('button', { name: 'Pause' }).click();
  await schedules.getByText('files are late').waitFor();
  await schedules.getByRole('button', { name: 'Go on' }).click();
  await schedules.getByText(/Next: /).waitFor();
});
