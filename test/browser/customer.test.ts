import { openSite, PHONE, type Site } from './support/site';

let site: Site;
let customer: string;
beforeAll(async () => {
  site = await openSite();
  const response = await fetch(`${site.url}/v1/reports/journey-list`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'churn', as: 'end', limit: 1 }),
  });
  customer = ((await response.json()) as { journeys: { customer: string }[] }).journeys[0]!.customer;
});
afterAll(() => site.close());

it('somebody is found by their id, and told masked', async () => {
  const { page, errors } = await site.open('/customer');
  await page.getByLabel('Id, phone or e-mail').fill(customer);
  await page.getByRole('button', { name: 'Find' }).click();
  const row = page.getByRole('region', { name: 'Found' }).locator('tbody tr');
  await row.getByRole('link', { name: customer }).waitFor();
  expect(await row.textContent()).not.toMatch(/[a-z]{2,}@|\d{6}/);
  await row.getByRole('link', { name: customer }).click();
  await page.getByRole('region', { name: 'Steps' }).locator('tbody tr').first().waitFor();
  await page.getByLabel('Id, phone or e-mail').fill('nobody@example.org');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByText('Nobody is known by this.').waitFor();
  expect(errors).toEqual([]);
});

it('their journey, identity and others on the same path are there, without barriers in either theme, on a phone too', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, errors, violations, overflow, keep } = await site.open(`/customer?id=${customer}`, {
      theme,
      viewport: PHONE,
    });
    await page.getByRole('region', { name: 'Steps' }).getByText('churn').first().waitFor();
    await page.getByText('were once at this point').waitFor();
    await page.getByRole('region', { name: 'Profiles' }).locator('tbody tr').first().waitFor();
    await page.getByText('No deployed model speaks of this customer.').waitFor();
    expect(await page.getByText('Loading…').count()).toBe(0);
    expect(await violations()).toEqual([]);
    expect(await overflow()).toBe(0);
    if (theme === 'light') await keep('customer');
    expect(errors).toEqual([]);
    await page.context().close();
  }
});

it('what somebody says of profiles is kept, and may be undone by saying the opposite', async () => {
  const { page } = await site.open(`/customer?id=${customer}`);
  await page.getByText('Correct it').click();
  const form = page.locator('customer-identity form');
  await form.getByRole('checkbox').first().check();
  await form.getByLabel('Who says so').fill('ann');
  await form.getByLabel('Why').fill('a house of two');
  await form.getByRole('button', { name: 'Say so' }).click();
  await form
    .getByRole('status')
    .getByText(/Kept: it shows|there is nothing to split/)
    .waitFor();
  // What was typed stays.
  expect(await form.getByLabel('Who says so').inputValue()).toBe('ann');
});

const EVIL = `<img src=x onerror="document.title='owned'">`;

it('what sources tell of somebody is text, whatever it says', async () => {
  const { page, errors } = await site.open('/nowhere');
  await page.route('**/v1/reports/journey-report', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { attributes: object; timeline: { steps: object[] } };
    const steps = [{ step: EVIL, channel: EVIL, at: '2026-04-01T00:00:00Z' }];
    await route.fulfill({ response, json: { ...body, attributes: { [EVIL]: EVIL }, timeline: { total: 1, steps } } });
  });
  await page.goto(`${site.url}/#/customer?id=${customer}`);
  await page.getByRole('region', { name: 'Steps' }).getByText(EVIL).first().waitFor();
  await page.locator('customer-journey').getByText('Personal data').click();
  expect(await page.title()).toBe('Customer · Sample telco');
  expect(errors).toEqual([]);
});

it('nobody is told of nobody', async () => {
  const { page } = await site.open('/customer?id=c-none');
  await page
    .getByRole('alert')
    .getByText(/knows no journey of "c-none"/)
    .first()
    .waitFor();
});
