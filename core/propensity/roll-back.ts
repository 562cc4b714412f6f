import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';

/**
 * The version that a model goes back to.
 *
 * @param deployed all versions that ever answered, in their order, each as often as it began to
 * @param wanted by default the one that answered before the deployed one
 * @throws HubError NEVER_DEPLOYED naming `version`
 */
export function formerVersion(model: string, deployed: readonly string[], wanted?: string): string {
  const current = deployed.at(-1);
  const former = [...new Set([...deployed].reverse())].filter((version) => version !== current);
  const version = wanted ?? former[0];
  if (version !== undefined && former.includes(version)) return version;
  const refuse = (message: string) => new HubError('NEVER_DEPLOYED', `version: ${message}`, { field: 'version' });
  if (former.length === 0) throw refuse(`no version of ${model} answered before; there is nothing to go back to`);
  if (version === current) throw refuse(`${version} is the one that answers`);
  throw refuse(
    `${version} of ${model} never answered${didYouMean(version!, former)}; those that did are ${former.join(', ')}`,
  );
}
