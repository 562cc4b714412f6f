import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumPath } from '../../support/chromium';

/** Screenshots of what tests looked at, for people to look at. */
const SCREENSHOTS = resolve('artefacts', 'screenshots');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Other tests keep both cores busy meanwhile; nothing is measured here. */
const PATIENCE_MS = 120_000;
jest.setTimeout(2 * PATIENCE_MS);

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Site {
  readonly url: string;
  /** Opens a page of the website, by its hash such as `/journeys?event=churn`, with a fresh profile. */
  open(
    hash: string,
    options?: { readonly viewport?: typeof DESKTOP; readonly theme?: 'light' | 'dark' },
  ): Promise<Visit>;
  close(): Promise<void>;
}

export interface Visit {
  readonly page: Page;
  /** Errors in the console, of scripts, and of the content security policy. */
  readonly errors: string[];
  /** What breaks the rules of WCAG 2.2, A and AA. */
  violations(): Promise<string[]>;
  /** Keeps pictures of the page as it is, on a desktop and on a phone. */
  keep(name: string): Promise<void>;
  /** Whether the page is wider than a phone's screen. */
  overflow(): Promise<number>;
}

/** A browser over the sample hub, or over another API. */
export async function openSite(url = process.env['HUB_BROWSER_URL']): Promise<Site> {
  if (url === undefined) throw new Error('there is no sample hub: run the tests by `npm run test:browser`');
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: FLAGS });
  const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  return {
    url,
    open: (hash, options) => visit(browser, `${url}/#${hash}`, axe, options),
    close: () => browser.close(),
  };
}

async function visit(
  browser: Browser,
  address: string,
  axe: string,
  { viewport = DESKTOP, theme = 'light' }: Parameters<Site['open']>[1] = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport, colorScheme: theme, locale: 'en-GB' });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(address);
  return {
    page,
    errors,
    violations: async () => {
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as AxeWindow).axe.run({
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
      });
      return found;
    },
    keep: async (name) => {
      await mkdir(SCREENSHOTS, { recursive: true });
      for (const [screen, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
        await page.setViewportSize(size);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${screen}.png`), fullPage: true });
      }
      await page.setViewportSize(viewport);
    },
    overflow: () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  };
}

/** What axe-core leaves in a page. */
interface AxeWindow {
  readonly axe: {
    run(options: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
  };
}
