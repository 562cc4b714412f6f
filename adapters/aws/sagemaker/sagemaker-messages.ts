/** SageMaker has one name for most errors, `ValidationException`: what they are is in their messages. */

/** Whether there is none of that name. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && /^(Could|Can) ?not find|not found/i.test(error.message);
}

/** Whether there is one of that name already. */
export function isThere(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ResourceInUse' || /already exist/i.test(error.message));
}

/** What there is not is no error: caught from a request that asks for it. */
export function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** What there is already is no error: caught from a request that makes it, whose first answer may have been lost. */
export function unlessThere(error: unknown): undefined {
  if (!isThere(error)) throw error;
}
