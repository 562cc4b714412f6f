import type { PropensitySpec } from '../../schemas/propensity';
import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';

/**
 * Refuses a model that nothing can be learned for, since what it predicts, or what those must have done whom it speaks of, has
 * never happened to anybody: by field, before anything is read.
 *
 * @param known what has happened: step types, and `milestone:NAME`
 * @throws HubError NOTHING_TO_LEARN_FROM naming the field
 */
export function refuseUnknownNames(
  { name, target, population }: Pick<PropensitySpec, 'name' | 'target' | 'population'>,
  known: readonly string[],
): void {
  const refuse = (field: string, names: readonly string[]) => {
    const told = names.map((one) => `"${one}"${didYouMean(one, known)}`).join(', ');
    const remedy = `correct models/${name}.yaml, or land what tells of it`;
    const message = `models/${name}.yaml, ${field}: nothing called ${told} has happened to anybody; ${remedy}`;
    throw new HubError('NOTHING_TO_LEARN_FROM', message, { field });
  };
  for (const [field, names] of wantedBy(target)) {
    if (!names.some((one) => known.includes(one))) refuse(field, names);
  }
  const never = population.had.filter((one) => !known.includes(one));
  if (never.length > 0) refuse('population.had', never);
}

/** Of each field of a target, the names of which one must have happened. */
function wantedBy({ events, classes, score }: PropensitySpec['target']): [field: string, names: readonly string[]][] {
  if (events !== undefined) return [['target.events', events]];
  if (score !== undefined) return [['target.score.events', score.events]];
  return Object.entries(classes!).map(([name, names]) => [`target.classes.${name}`, names]);
}
