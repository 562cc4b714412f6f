/** A timestamp in UTC as engines write it, `2026-01-31 09:30:00.123456`; what is less than a millisecond is cut off. */
export function utcTime(text: string): Date {
  return new Date(`${text.replace(' ', 'T').slice(0, 23)}Z`);
}

/** A date as engines write it, as its beginning in UTC. */
export function utcDate(text: string): Date {
  return new Date(`${text}T00:00:00Z`);
}
