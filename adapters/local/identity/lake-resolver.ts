import { HubError } from '../../../core/errors';
import type { IdentityResolver, Resolution, ResolutionRequest, ResolveOptions } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { LocalLake } from '../lake/local-lake';
import { readAll, resolveAll } from './all-profiles';
import { readChanged, resolveChanged } from './changed-profiles';
import { KeptResolution, type Kept } from './kept-resolution';
import { countProfiles } from './read-profiles';

/** The stage at whose end nothing is read any more: from then on all is computing. */
export const READING = 'read';

export interface LakeResolverRoom {
  readonly lake: LocalLake;
  readonly settings: IdentitySettings;
  /** Where model and index are kept from one resolution to the next. */
  readonly folder: string;
}

/**
 * Resolves the profiles of a lake in the thread that calls it: under the model that is kept those that changed concern, or
 * all of them where it has no use for its index; and with a model that is learned where none is kept, or one is asked for.
 */
export class LakeResolver implements IdentityResolver {
  private readonly lake: LocalLake;
  private readonly settings: IdentitySettings;
  private readonly resolution: KeptResolution;

  constructor({ lake, settings, folder }: LakeResolverRoom) {
    this.lake = lake;
    this.settings = settings;
    this.resolution = new KeptResolution(folder, settings);
  }

  async resolve(request: ResolutionRequest, { signal, onStage }: ResolveOptions = {}): Promise<Resolution> {
    const { lake, settings, resolution } = this;
    const finish = (stage: string) => onStage?.(stage);
    const options = { version: request.version, ...(signal === undefined ? {} : { signal }) };
    // Nothing of what was read stays in the engine while it is computed with.
    const compute = await lake.session(options, async (session) => {
      let kept = await this.usable(request, () => countProfiles(session));
      if (kept.use === 'index') {
        const changed = await readChanged(session, { settings, resolution }, kept).catch(unlessBroken);
        if (!(changed instanceof HubError)) {
          return () => resolveChanged(changed, { settings, resolution }, request, finish);
        }
        kept = { use: 'model', why: changed.message, opened: kept.opened };
      }
      const all = await readAll(session, settings, request, kept);
      return () => resolveAll(all, { settings, resolution }, request, kept, finish);
    });
    finish(READING);
    return compute();
  }

  confirm(run: string): Promise<void> {
    return this.resolution.confirm(run);
  }

  /** What of earlier resolutions can be used for what is asked. */
  private async usable(request: ResolutionRequest, count: () => Promise<number>): Promise<Kept> {
    // Its run may have been cut off before it said so itself.
    if (request.last !== undefined) await this.confirm(request.last);
    if (!this.settings.probabilistic.enabled) return { use: 'nothing', why: 'without a model, there is no index' };
    if (request.mode === 'backfill') return { use: 'nothing', why: 'asked for' };
    const kept = await this.resolution.look(request, await count());
    const isOfSomeDays = request.from !== undefined || request.to !== undefined;
    if (kept.use !== 'index' || !isOfSomeDays) return kept;
    return { use: 'model', why: 'only some days were asked for', opened: kept.opened };
  }
}

/** An index of which files are lost or broken is made anew, from what is in the lake. */
function unlessBroken(error: unknown): HubError {
  if (error instanceof HubError && error.code === 'INDEX_INVALID') return error;
  throw error;
}
