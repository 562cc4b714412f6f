import { expectedMatches } from '../../../core/identity/model/expected-matches';
import { learn } from '../../../core/identity/link';
import { assertedLabels } from '../../../core/identity/model/labelled-pairs';
import { resolveProfiles, type LearnedModel } from '../../../core/identity/resolution/resolve-profiles';
import type {
  IdentityResolver,
  ModelReport,
  Resolution,
  ResolutionRequest,
  ResolveOptions,
} from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { LocalLake } from '../lake/local-lake';
import { readProfiles, type ReadProfiles } from './read-profiles';

/** The stage at whose end nothing is read any more: from then on all is computing. */
export const READING = 'read';

/** Resolves the profiles of a lake in the thread that calls it. */
export class LakeResolver implements IdentityResolver {
  constructor(
    private readonly lake: LocalLake,
    private readonly settings: IdentitySettings,
  ) {}

  async resolve(request: ResolutionRequest, { signal, onStage }: ResolveOptions = {}): Promise<Resolution> {
    const { settings } = this;
    const { version } = request;
    const read = await this.lake.session({ version, ...(signal === undefined ? {} : { signal }) }, (session) =>
      readProfiles(session, settings, request),
    );
    onStage?.(READING);
    const [model, learned] = learnModel(read, settings, (stage) => onStage?.(stage));
    const resolved = resolveProfiles({ ...read, learned });
    onStage?.('cluster');
    const { ids: profileIds, previous } = read.profiles;
    // All profiles are looked at until there is an index that tells which new ones concern.
    return { ...resolved, profileIds, previous, ran: 'backfill', model };
  }
}

function learnModel(
  { compared, telling, mustLink, constraints }: ReadProfiles,
  { probabilistic }: IdentitySettings,
  finish: (stage: string) => void,
): [ModelReport, LearnedModel | undefined] {
  if (!probabilistic.enabled) return [{ status: 'off' }, undefined];
  if (compared === undefined) return [{ status: 'too-few-profiles', telling }, undefined];
  const labels = probabilistic.learnFromAssertions ? assertedLabels(mustLink, constraints.cannotLink) : undefined;
  const linkage = learn(compared, probabilistic, finish, labels);
  const { pairs, rounds } = linkage;
  const matches = Math.round(expectedMatches(linkage));
  if (matches < probabilistic.minMatches) return [{ status: 'too-few-matches', matches }, undefined];
  return [
    { status: 'learned', pairs: pairs.size, matches, rounds },
    { compared, linkage, threshold: probabilistic.threshold },
  ];
}
