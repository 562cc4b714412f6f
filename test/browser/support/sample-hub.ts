import { freePort, LOOPBACK } from '../../../adapters/local/engines/ports';
import { chromiumPath } from '../../support/chromium';
import { startHub } from '../../support/started-hub';

declare global {
  var stopSampleHub: () => Promise<void>;
}

const SETTINGS = {
  name: 'Sample telco',
  timezone: 'Europe/Berlin',
  sample: { customers: 1_500, days: 90, seed: 7, engagement: true },
  firstQuestion: { event: 'churn', as: 'end', steps: 5, top: 12 },
};

/** Starts the hub that all browser tests look at: a real one, after a night over a sample world. Tests find it by its variables. */
export default async function startSampleHub(): Promise<void> {
  // Where a test serves the pages of another system.
  const deskPort = await freePort();
  const api = { port: 0, origins: [`http://${LOOPBACK}:${deskPort}`] };
  const [hub] = await Promise.all([startHub({ ...SETTINGS, api }), chromiumPath()]);
  globalThis.stopSampleHub = () => hub.stop();
  process.env['HUB_BROWSER_URL'] = hub.apiUrl;
  process.env['HUB_BROWSER_FOLDER'] = hub.folder;
  process.env['HUB_BROWSER_DESK_PORT'] = String(deskPort);
}
