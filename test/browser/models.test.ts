import { openSite, PHONE, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const measures = (auc: number) => ({
  ...{ rows: 900, auc, aucInterval: { from: auc - 0.05, to: auc + 0.05 }, prAuc: 0.2, logLoss: 0.05, ece: 0.01 },
  ...{
    lift5: 5,
    lift10: 3,
    calibration: [
      { rows: 450, said: 0.01, was: 0.02 },
      { rows: 450, said: 0.1, was: 0.09 },
    ],
  },
});

/** A model with a version that answers and one that waits: to train one takes minutes. */
const models = [
  {
    ...{ model: 'churn', title: 'Leaves', description: 'Who leaves.', deployed: 'v1' },
    watch: {
      ...{ version: 'v1', asOf: '2026-04-01T00:00:00Z', score: 0.31 },
      findings: [{ kind: 'drift', says: 'calls in 7 days are not what they were <b>bold</b>' }],
      features: [{ feature: 'calls', psi: 0.4 }],
      calibration: { asOf: '2026-03-01', customers: 900, expected: 0.05, observed: 0.07 },
    },
    versions: [
      {
        ...{ version: 'v2', status: 'trained', at: '2026-04-02T00:00:00Z', author: null, reason: null },
        measures: {
          ...measures(0.78),
          ...{ baselines: { linear: measures(0.7) }, champion: { version: 'v1', measures: measures(0.75) } },
          judgement: { passes: true, reasons: ['auc 0.78'] },
          segments: [
            { feature: 'city', value: 'Bonn', rows: 100, observed: 0.1, predicted: 0.1, measures: { auc: 0.7 } },
          ],
        },
      },
      {
        version: 'v1',
        status: 'deployed',
        at: '2026-03-01T00:00:00Z',
        author: 'ann',
        reason: 'good',
        measures: measures(0.75),
      },
    ],
  },
];

it('models that were never trained say so, and what there is to decide is refused in words', async () => {
  const { page } = await site.open('/models');
  await page.getByText('No version was trained yet.').waitFor();
  await page.getByLabel('Who decides').fill('ann');
  await page.getByLabel('Why').fill('better');
  await page.getByRole('button', { name: 'Approve what waits' }).click();
  await page
    .getByRole('alert')
    .getByText(/no version of .* waits to be decided of/)
    .waitFor();
});

it('a version is told with all that speaks for it and against it, and decided of', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, errors, violations, overflow, keep } = await site.open('/nowhere', { theme, viewport: PHONE });
    await page.route('**/v1/propensity-models', (route) => route.fulfill({ json: { models } }));
    await page.goto(`${site.url}/#/models`);
    const versions = page.getByRole('region', { name: 'Versions', exact: true });
    await versions.getByRole('button', { name: 'v2' }).click();
    await versions.getByText('Passed its gate: auc 0.78').waitFor();
    await versions.getByRole('columnheader', { name: 'Champion, on the same rows' }).waitFor();
    await versions
      .getByRole('img', { name: /against what the model said/ })
      .locator('canvas')
      .waitFor();
    await page.getByText('calls in 7 days are not what they were <b>bold</b>').waitFor();
    expect(await overflow()).toBe(0);
    expect(await violations()).toEqual([]);
    if (theme === 'light') await keep('models');
    const decision = { model: 'churn', version: 'v2', status: 'deployed' };
    const decided = page.waitForRequest('**/v1/propensity-models/churn/decisions');
    await page.route('**/v1/propensity-models/churn/decisions', (route) => route.fulfill({ json: decision }));
    await page.getByLabel('Who decides').fill('ann');
    await page.getByLabel('Why').fill('better');
    await page.getByRole('button', { name: 'Approve what waits' }).click();
    expect((await decided).postDataJSON()).toEqual({ approve: true, author: 'ann', reason: 'better' });
    await page.getByText('v2 was approved: deployed.').waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  }
});
