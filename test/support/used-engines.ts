import { appendFileSync } from 'node:fs';

/** Tells the reporter of the run that an engine, or the front of a service, has answered. */
export function engineUsed(engine: string): void {
  const file = process.env['HUB_USED_ENGINES'];
  if (file !== undefined) appendFileSync(file, `${engine}\n`);
}
