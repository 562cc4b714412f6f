import type { LakeTable } from '../../core/lake/tables';
import type { IdentityResolver, Resolution, ResolutionRequest, ResolveOptions } from '../../ports/identity-resolver';
import type { LakeMirror } from './lake/lake-mirror';

/** What a resolution is decided from. */
export const RESOLVED_FROM: readonly LakeTable[] = [
  'profiles',
  'identities',
  'identity_answers',
  'identity_assertions',
  'identity_changes',
  'identity_edges',
  'consumed_batches',
];

/** Resolves beside the process what a lake of another engine has. */
export class MirroredResolver implements IdentityResolver {
  /** @param resolver reads the mirror's lake */
  constructor(
    private readonly mirror: LakeMirror,
    private readonly resolver: IdentityResolver,
  ) {}

  async resolve(request: ResolutionRequest, options: ResolveOptions = {}): Promise<Resolution> {
    const version = await this.mirror.follow(request.version, options.signal);
    return this.resolver.resolve({ ...request, version }, options);
  }

  confirm(run: string): Promise<void> {
    return this.resolver.confirm(run);
  }
}
