import { z } from 'zod';

/** Input of the workflow `nightly`; `{}` does the usual. */
export const nightlyInput = z.strictObject({
  /** Business date, YYYY-MM-DD: files dated later are left for later. Today in the hub's time zone by default. */
  date: z.iso.date().optional(),
  /** Names of the sources to ingest; all by default. */
  sources: z.array(z.string()).min(1).optional(),
});

export type NightlyInput = z.input<typeof nightlyInput>;
