type Meaning = readonly [code: string, retryable: boolean];

/** What Redshift says of a statement that failed is text alone; these are its own messages, and those of PostgreSQL. */
const MEANINGS: readonly (readonly [said: RegExp, ...Meaning])[] = [
  // First, since names that a query has wrong may hold any of the words below.
  [/does not exist|syntax error|too many columns/i, 'KPI_QUERY_FAILED', false],
  [/\b1023\b|serializable isolation|deadlock|concurrent transaction|could not serialize/i, 'KPI_STORE_CONFLICT', true],
  [
    /permission denied|not authorized|unauthorized|access denied|authentication failed|AssumeRole|S3ServiceException.*(AccessDenied|403)/i,
    'KPI_STORE_ACCESS_DENIED',
    false,
  ],
  [/time-?out|timed out|cancell?ed|abort action|abort query/i, 'KPI_STORE_TIMEOUT', true],
  [
    /disk full|out of memory|connection|too many|is (paused|resuming|starting)|internal error|S3ServiceException.*(SlowDown|503|500)/i,
    'KPI_STORE_UNAVAILABLE',
    true,
  ],
];

/** What the text of a failure means for the hub. */
export function meaningOfFailure(said: string): Meaning {
  const found = MEANINGS.find(([pattern]) => pattern.test(said));
  return found === undefined ? ['KPI_QUERY_FAILED', false] : [found[1], found[2]];
}
