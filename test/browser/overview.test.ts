import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('every KPI has a tile with its value, in either theme and on a phone, without barriers or errors', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, errors, violations, overflow, keep } = await site.open('/overview', { theme, viewport: PHONE });
    await page.locator('article').first().waitFor();
    expect(await page.locator('article').count()).toBeGreaterThanOrEqual(15);
    await page.getByText('Last night:').waitFor();
    expect(await overflow()).toBe(0);
    expect(await violations()).toEqual([]);
    if (theme === 'light') await keep('overview');
    expect(errors).toEqual([]);
    await page.context().close();
  }
});

it('a KPI that could not be computed is told, and what changed leads to its tile', async () => {
  const { page } = await site.open('/nowhere');
  await page.route('**/v1/kpis', async (route) => {
    const response = await route.fetch();
    const { kpis } = (await response.json()) as { kpis: object[] };
    const broken = {
      ...kpis[0],
      title: '<b>Broken</b>',
      refreshed: {
        at: '2026-01-01T00:00:00Z',
        from: '2026-01-01',
        to: '2026-01-01',
        status: 'failed',
        reason: 'no such column',
      },
    };
    const fallen = {
      ...kpis[1],
      id: 'fallen',
      title: 'Fallen',
      newest: { at: '2026-01-08', value: 1 },
      weekBefore: 100,
      direction: 'up',
    };
    await route.fulfill({
      response,
      json: { kpis: [broken, fallen], problems: ['kpis/sales.sql: title: expected text'] },
    });
  });
  await page.goto(`${site.url}/#/overview`);
  await page.getByText('<b>Broken</b> could not be computed: no such column').waitFor();
  await page.getByText('Not computed: kpis/sales.sql: title: expected text').waitFor();
  await page.getByRole('link', { name: 'Fallen' }).click();
  const tile = page.locator('#kpi-fallen');
  expect(
    await tile.evaluate((node) => (node.getRootNode() as unknown as { activeElement: unknown }).activeElement === node),
  ).toBe(true);
});
