import { openSite, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

interface Seen {
  readonly tiles: {
    answer: { kpi: { values: { city: string[] } }; total: number | null; series: { points: object[] }[] };
  }[];
}

async function embed(scope: object): Promise<string> {
  const response = await fetch(`${site.url}/v1/dashboards/customer-experience/embed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ viewer: { kind: 'anonymous', scope } }),
  });
  return ((await response.json()) as { url: string }).url;
}

async function look(url: string, query = ''): Promise<Seen> {
  const headers = { authorization: `Bearer ${url.split('#')[1]}` };
  return (await (await fetch(`${site.url}/v1/embedded-dashboard${query}`, { headers })).json()) as Seen;
}

it('a dashboard is shown where others embed it, narrowed by a filter, and another one is chosen', async () => {
  const { page, errors, violations, keep } = await site.open('/dashboards');
  const frame = page.frameLocator('iframe');
  await frame.getByRole('heading', { name: 'Customer experience' }).waitFor();
  await frame
    .getByRole('img', { name: /^Contacts over time/ })
    .locator('canvas')
    .waitFor();
  await frame.getByLabel('city').selectOption('Berlin');
  await frame.getByText('Numbers').first().click();
  await frame
    .getByRole('region', { name: /numbers$/ })
    .first()
    .locator('tbody tr')
    .first()
    .waitFor();
  expect(await violations()).toEqual([]);
  await keep('dashboards');
  await page.locator('select').selectOption('Cost of service');
  await frame.getByRole('heading', { name: 'Cost of service' }).waitFor();
  expect(page.url()).toContain('id=service-cost');
  expect(errors).toEqual([]);
});

it('whoever may see one city sees that city, and no other by any question', async () => {
  const all = await look(await embed({}));
  const berlin = await embed({ city: ['Berlin'] });
  const seen = await look(berlin);
  expect(all.tiles[1]!.answer.kpi.values.city.length).toBeGreaterThan(1);
  for (const { answer } of seen.tiles) expect(['Berlin', undefined]).toContain(answer.kpi.values.city[0]);
  expect(seen.tiles[1]!.answer.total).toBeGreaterThan(0);
  expect(seen.tiles[1]!.answer.total).toBeLessThan(all.tiles[1]!.answer.total!);
  const other = all.tiles[1]!.answer.kpi.values.city.find((city) => city !== 'Berlin')!;
  for (const query of [
    `?city=${encodeURIComponent(other)}`,
    `?city=${encodeURIComponent(other)}&scope[city]=${encodeURIComponent(other)}`,
  ]) {
    const asked = await look(berlin, query);
    expect(asked.tiles ?? []).toEqual((asked.tiles ?? []).filter(({ answer }) => answer.total === null));
  }
  const { page } = await site.open('/nowhere');
  await page.goto('about:blank');
  await page.goto(berlin);
  await page.getByRole('heading', { name: 'Customer experience' }).waitFor();
  expect(await page.getByLabel('city').locator('option').allTextContents()).toEqual(['all', 'Berlin']);
});

it('an address that is over says so', async () => {
  const { page } = await site.open('/nowhere');
  await page.goto('about:blank');
  await page.goto(`${site.url}/embed.html#nonsense`);
  await page.getByRole('alert').getByText('not of this hub').waitFor();
});

it('a dashboard that there is none of is told', async () => {
  const { page } = await site.open('/dashboards?id=none');
  await page.getByRole('alert').getByText('There is no dashboard “none”.').waitFor();
});
