import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('a milestone of the catalog tells what it is and was compiled to, and is tried on a journey', async () => {
  const { page, errors, violations, overflow, keep } = await site.open('/milestones', { viewport: PHONE });
  await page.getByRole('link', { name: 'Bill shock, unresolved' }).click();
  const milestone = page.getByRole('region', { name: 'Milestone', exact: true });
  await milestone
    .getByRole('region', { name: /^Gremlin/ })
    .getByText(/^g\.V\(/)
    .waitFor();
  await milestone
    .getByRole('region', { name: /^SQL/ })
    .getByText(/SELECT/)
    .waitFor();
  const journey = milestone.getByRole('textbox');
  await journey.fill('bill_shock@0d, call_center/phone@2d12h, bill_payment@20d');
  await milestone.getByRole('button', { name: 'Try it' }).click();
  await milestone.locator('milestone-bench strong').getByText('Reached').waitFor();
  expect(errors).toEqual([]);
  await journey.fill('bill_shock@soon');
  await milestone.getByRole('button', { name: 'Try it' }).click();
  await milestone
    .getByRole('alert')
    .getByText(/"soon" is no time/)
    .waitFor();
  expect(await overflow()).toBe(0);
  expect(await violations()).toEqual([]);
  await keep('milestones');
});

it('a funnel is put together, and is in the address', async () => {
  const { page } = await site.open('/milestones');
  const funnel = page.getByRole('region', { name: 'Funnel' });
  await funnel.getByLabel('Begins with').selectOption('at-risk');
  await funnel.getByLabel('And then').selectOption('churned');
  const steps = funnel.getByRole('region', { name: 'Steps of the funnel' }).locator('tbody tr');
  await steps.nth(1).waitFor();
  expect(page.url()).toMatch(/funnel=at-risk&funnel=churned/);
  const [first, second] = await steps.locator('td:nth-child(2)').allTextContents();
  expect(Number(second)).toBeLessThanOrEqual(Number(first));
});

it('a milestone that there is not is told', async () => {
  const { page } = await site.open('/milestones?name=bill-shok');
  await page
    .getByRole('alert')
    .getByText(/bill-shok/)
    .waitFor();
});
