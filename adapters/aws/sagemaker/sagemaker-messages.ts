/** SageMaker has one name for most errors, `ValidationException`: what they are is in their messages. */

/** Whether there is none of that name. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && /^(Could|Can) ?not find|not found/i.test(error.message);
}

/** Whether there is one of that name already. */
export function isThere(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ResourceInUse' || /already exist/i.test(error.message));
}
