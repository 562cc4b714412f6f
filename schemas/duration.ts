import { z } from 'zod';

const DAY_MS = 86_400_000;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;
/** Beyond this a window is a slip of the pen, and milliseconds would leave the numbers that are exact. */
const LONGEST_DAYS = 36_525;

/** A length of time such as `30m`, `36h`, `7d` or `2w`; in milliseconds once parsed. A day is 24 hours. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,8}(ms|s|m|h|d|w)$/, 'expected a length of time such as 30m, 36h, 7d or 2w')
  .transform((text) => Number.parseInt(text, 10) * UNIT_MS[text.replace(/^[0-9]+/, '') as keyof typeof UNIT_MS])
  .refine((ms) => ms <= LONGEST_DAYS * DAY_MS, `expected ${LONGEST_DAYS}d at most`);
