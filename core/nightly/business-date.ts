/** The calendar date, YYYY-MM-DD, of an instant (epoch milliseconds) in a time zone. */
export function businessDateOf(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(instant));
}
