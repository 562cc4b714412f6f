import { meaningOfFailure } from '../../../adapters/aws/redshift/redshift-errors';

it.each([
  'ERROR: column "cancelled_at" does not exist in events',
  'ERROR: relation "timeout_events" does not exist',
  'ERROR: column "connection_type" does not exist',
  'ERROR: syntax error at or near "timeout"',
])('a query that is wrong is told, and not tried again: %s', (said) => {
  expect(meaningOfFailure(said)).toEqual(['KPI_QUERY_FAILED', false]);
});

it.each([
  ['Query timed out', 'KPI_STORE_TIMEOUT'],
  ['ERROR: 1023 Serializable isolation violation on table', 'KPI_STORE_CONFLICT'],
  ['connection refused', 'KPI_STORE_UNAVAILABLE'],
])('what may go well the next time is tried again: %s', (said, code) => {
  expect(meaningOfFailure(said)).toEqual([code, true]);
});
