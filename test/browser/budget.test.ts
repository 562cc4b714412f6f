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
    let bytes = 0;
    page.on('response', (response) => {
      urls.push(response.url());
      if (!response.url().endsWith('.js')) return;
      void response.body().then((body) => (bytes += gzipSync(body).length));
    });
    await page.goto('about:blank');
    await page.goto(`${site.url}/#/${name}`, { waitUntil: 'networkidle' });
    expect(urls.filter((url) => !url.startsWith(site.url))).toEqual([]);
    expect(urls.length).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  },
);
