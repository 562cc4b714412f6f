/** Numbers in the reader's locale, times in the hub's zone. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const some = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'negative',
});

export const count = (value: number): string => whole.format(value);
export const decimal = (value: number): string => some.format(value);
export const share = (value: number): string => percent.format(value);

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A length of time in its largest fitting unit, such as `3.5 hours`. */
export function duration(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms >= one) ?? UNITS[3];
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(ms / size);
}

/** An instant, an ISO text or epoch milliseconds, in a zone. */
export function time(at: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(at));
}

/** A calendar day, `YYYY-MM-DD`, as the reader writes days. */
export function day(date: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00Z`),
  );
}

const DAY_MS = 86_400_000;

/** The instant at which a calendar day, `YYYY-MM-DD`, begins in a zone, as an ISO time. */
export function dayStart(date: string, timeZone: string): string {
  const midnight = Date.parse(`${date}T00:00Z`);
  // Clocks may be put forward or back on that day, at its midnight even: it begins with the first instant that is of it.
  const [early, late] = [1, -1]
    .map((days) => midnight - aheadBy(midnight + days * DAY_MS, timeZone))
    .sort((a, b) => a - b);
  const isReached = (at: number) => new Date(at + aheadBy(at, timeZone)).toISOString().slice(0, 10) >= date;
  return new Date(isReached(early!) ? early! : late!).toISOString();
}

/** How much a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function aheadBy(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)!.value);
  const onTheClock = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return onTheClock - Math.floor(at / 1000) * 1000;
}

/** The step type `bill_shock` as `bill shock`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}
