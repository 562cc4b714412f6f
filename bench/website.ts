import { join } from 'node:path';
import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { chromium, type Browser } from 'playwright-core';
import type { JourneyFrequencyAnswer, JourneyTreeNode } from '../schemas/frequency';
import { registerSite } from '../starters/http/site';
import { chromiumPath } from '../test/support/chromium';
import { packageFolder } from '../workers/package-folder';
import { median, print } from './measure';

const JOURNEYS = 200;
const STEPS = 10;
const STEP_TYPES = 10_000;
const REDRAWS = 30;

/**
 * The journeys page in Chromium, over answers that are there at once: how long until it can be used, and how long its charts take to be drawn
 * anew, of 200 journeys out of 10,000 step types. `to` are the limits of the website.
 */
export async function websiteBench(rounds: number): Promise<void> {
  const site = await serveSite();
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ['--no-sandbox'] });
  try {
    const measured: Measured[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await measureOnce(browser, site.url));
    const redraws = (chart: number) => measured.flatMap(({ redrawMs }) => redrawMs[chart] ?? []);
    print({
      bench: 'website',
      journeys: JOURNEYS,
      stepTypes: STEP_TYPES,
      interactiveMs: median(measured.map(({ interactiveMs }) => interactiveMs)),
      interactiveToMs: 1500,
      sankeyRedrawMs: median(redraws(0)),
      sankeyRedrawWorstMs: Math.max(...redraws(0)),
      icicleRedrawMs: median(redraws(1)),
      icicleRedrawWorstMs: Math.max(...redraws(1)),
      redrawToMs: 100,
    });
  } finally {
    await browser.close();
    await site.close();
  }
}

interface Measured {
  /** From the request of the page until its table can be clicked at. */
  readonly interactiveMs: number;
  /** Of each chart, each time from new data until it is on the screen. */
  readonly redrawMs: readonly (readonly number[])[];
}

async function measureOnce(browser: Browser, url: string): Promise<Measured> {
  // A context of its own has nothing in its cache.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}/#/journeys?event=e&steps=${STEPS}&top=${JOURNEYS}`);
  await page.locator('journey-path button').first().waitFor();
  const interactiveMs = await page.evaluate<number>('performance.now()');
  await page.locator('hub-chart canvas').nth(1).waitFor();
  const redrawMs = await page.evaluate<number[][]>(REDRAW);
  await context.close();
  return { interactiveMs, redrawMs };
}

/** Gives each chart of the page its data anew, and waits for the frame in which it is drawn. */
const REDRAW = `(async () => {
  const view = document.querySelector('hub-app').shadowRoot.querySelector('journeys-page').shadowRoot.querySelector('journey-flows-view');
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const times = [];
  for (const chart of view.shadowRoot.querySelectorAll('hub-chart')) {
    chart.scrollIntoView();
    const option = chart.option;
    const ofChart = [];
    for (let drawn = 0; drawn < ${REDRAWS}; drawn++) {
      await frame();
      const began = performance.now();
      chart.option = (...given) => option(...given);
      await chart.updateComplete;
      await frame();
      ofChart.push(performance.now() - began);
    }
    times.push(ofChart);
  }
  return times;
})()`;

async function serveSite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  await registerSite(app, join(packageFolder, 'website', 'dist'), []);
  const steps = Array.from({ length: STEP_TYPES }, (_, index) => ({ step: `step_${index}`, events: 1, channels: [] }));
  const answer = madeUpAnswer();
  app.get('/v1/hub', () => ({ name: 'Bench', timezone: 'UTC' }));
  app.get('/v1/steps', () => ({ steps }));
  app.post('/v1/reports/journey-frequency', () => answer);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
}

/** Journeys that part ever more the farther they are from the event, and that have steps from all over the alphabet. */
function madeUpAnswer(): JourneyFrequencyAnswer {
  const journeys = Array.from({ length: JOURNEYS }, (_, journey) => {
    const before = Array.from({ length: STEPS - 1 }, (_, offset) => {
      const branch = journey % 2 ** Math.min(offset + 1, 7);
      return `step_${(branch * 911 + offset * 977) % STEP_TYPES}`;
    });
    const count = JOURNEYS - journey;
    return {
      steps: [...before.reverse(), 'e'],
      count,
      share: count / (JOURNEYS * JOURNEYS),
      medianMs: 1e8,
      p90Ms: 1e9,
    };
  });
  const customers = journeys.reduce((sum, { count }) => sum + count, 0);
  return { journeys, positions: [], customers, allCustomers: customers, tree: treeOf(journeys), timings: {} };
}

function treeOf(journeys: JourneyFrequencyAnswer['journeys']): JourneyTreeNode {
  const node = (step: string): JourneyTreeNode => ({ step, count: 0, ended: 0, cut: 0, children: [] });
  const root = node('e');
  for (const { steps, count } of journeys) {
    let at = root;
    at.count += count;
    for (const step of steps.slice(0, -1).reverse()) {
      let child = at.children.find((one) => one.step === step);
      if (child === undefined) at.children.push((child = node(step)));
      child.count += count;
      at = child;
    }
    at.cut += count;
  }
  return root;
}
