import { openGuardedApi, type GuardedApi } from './support/guarded-api';
import { openSite, type Site } from './support/site';

let api: GuardedApi;
let site: Site;
beforeAll(async () => {
  api = await openGuardedApi();
  site = await openSite(api.url);
});
afterAll(async () => {
  await site?.close();
  await api?.close();
});

interface Made {
  readonly id: string;
  readonly token: string;
}

const keyOf = async (...how: readonly string[]) =>
  JSON.parse(await api.run('key', 'create', '--name', 'ada', ...how)) as Made;

it('a hub that wants to know who one is asks for a key, and says when it is not good', async () => {
  const { token } = await keyOf('--role', 'strategist');
  const { page, violations, keep } = await site.open('/milestones');
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.waitFor();
  expect(await violations()).toEqual([]);
  await keep('sign-in');
  await dialog.getByLabel(/Your key/).fill('jhk_000000000000_nobodys');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await page.reload();
  await dialog.getByText('That key is not good here').waitFor();
  await dialog.getByLabel(/Your key/).fill(token);
  await page.keyboard.press('Enter');
  await page
    .getByRole('link', { name: /churned/i })
    .first()
    .waitFor();
  // In this tab, it is not asked for again.
  await page.reload();
  await page
    .getByRole('link', { name: /churned/i })
    .first()
    .waitFor();
  expect(await dialog.isVisible()).toBe(false);
});

it('who looks at a customer is in the audit log, and who may not is told so', async () => {
  const [strategist, viewer] = [await keyOf('--role', 'strategist'), await keyOf('--role', 'viewer')];
  const ask = (token: string) =>
    fetch(`${api.url}/v1/reports/journey-list`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'churn', as: 'end', limit: 1 }),
    });
  const found = (await (await ask(strategist.token)).json()) as { journeys: { customer: string }[] };
  const { customer } = found.journeys[0]!;
  expect((await ask(viewer.token)).status).toBe(403);
  const shown = (await api.run('audit', 'show', '--customer', customer)).trim().split('\n');
  expect(shown.map((line) => JSON.parse(line) as object)).toMatchObject([
    { caller: 'key:ada', action: 'POST /v1/reports/journey-list', status: 200 },
  ]);
  expect(JSON.parse(await api.run('audit', 'verify'))).toMatchObject({ broken: [] });
});

it('a key that is revoked opens nothing more', async () => {
  const { id, token } = await keyOf('--may', 'answers:read');
  await api.run('key', 'revoke', id);
  const response = await fetch(`${api.url}/v1/milestones`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(401);
});
