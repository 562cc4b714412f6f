const DEFAULT_WAIT_SECONDS = 10;
const MAX_WAIT_SECONDS = 60;

/** How long to wait for an answer, in milliseconds, by a `Prefer: wait=N` header (RFC 7240). */
export function waitMsOf(prefer: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d+)"?/i.exec(prefer ?? '');
  const seconds = match === null ? DEFAULT_WAIT_SECONDS : Number(match[1]);
  return Math.min(seconds, MAX_WAIT_SECONDS) * 1000;
}
