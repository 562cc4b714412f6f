import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { ZodError } from 'zod';
import { HubError } from '../core/errors';
import { problemText, problemsOf } from '../schemas/issues';

/** The one place where the hub's errors become Temporal's: type = code, retryable or not, field in the details. */
export class FailureInterceptor implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      throw failureOf(error, Context.current().info.attempt);
    }
  }
}

/** Memory that is lacking again and again is not taken by something that will be over. */
const MOST_MEMORY_ATTEMPTS = 5;

/** What Temporal should see of an error; unknown errors stay as they are, and are retried. */
export function failureOf(error: unknown, attempt = 1): unknown {
  if (error instanceof ZodError) {
    const problems = problemsOf(error);
    const message = problems.map(problemText).join('; ');
    return ApplicationFailure.nonRetryable(message, 'INPUT_INVALID', { field: problems[0]?.field });
  }
  if (!(error instanceof HubError)) return error;
  if (error.code === 'CANCELLED') return new CancelledFailure(error.message);
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable || (error.code === 'LAKE_OUT_OF_MEMORY' && attempt >= MOST_MEMORY_ATTEMPTS),
    details: [{ field: error.field }],
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    cause: error,
  });
}
