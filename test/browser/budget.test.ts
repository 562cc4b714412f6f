import { gzipSync } from 'node:zlib';
import { openSite, type Site } from './support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** Of JavaScript, gzipped: what every page may load until its charts are drawn. */
const MOST_BYTES = 300_000;
const MOST_REQUESTS = 20;

it.each(['overview', 'journeys', 'customer', 'milestones', 'models', 'operations', 'dashboards'])(
  'the first load of %s is small, and asks nobody but the hub',
  async (name) => {
    const { page } = await site.open('/nowhere');
    const urls: string[] = [];
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      // How often an answer is waited for (202, or 409 of one that is not ready) says how busy the hub is, and not what the page asks.
      if (![202, 409].includes(response.status())) urls.push(response.url());
      if (response.url().endsWith('.js')) sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.goto('about:blank');
    await page.goto(`${site.url}/#/${name}`, { waitUntil: 'networkidle' });
    expect(urls.filter((url) => !url.startsWith(site.url))).toEqual([]);
    expect(urls.length).toBeLessThanOrEqual(MOST_REQUESTS);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  },
);
