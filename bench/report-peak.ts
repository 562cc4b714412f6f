import { writeSync } from 'node:fs';

/** Preloaded into a measured program: tells its parent the peak resident memory in MB on file descriptor 3. */
process.once('exit', () => writeSync(3, String(Math.round(process.resourceUsage().maxRSS / 1024))));
