/** The id of the workflow that trains a model: one training goes on at a time, until somebody has decided of it. */
export function trainingOf(model: string): string {
  return `propensity-${model}`;
}
