import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Preloaded into a measured program: tells its parent the peak resident memory in MB on file descriptor 3. */
if (isMainThread) process.once('exit', () => writeSync(3, String(Math.round(process.resourceUsage().maxRSS / 1024))));
