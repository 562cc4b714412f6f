import { createHash } from 'node:crypto';
import { HubError } from '../../../core/errors';
import { countryOf } from '../../../core/identity/phones/country-of';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import type { ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { LinkageSettings } from '../../../schemas/linkage';
import {
  openModelFolder,
  putDraftInPlace,
  readDraftManifest,
  readModelFolder,
  updateIndex,
  writeDraft,
  type ModelFolder,
  type OpenedModel,
} from './model-folder';

/** A model is learned anew when there are so many times the profiles that it was learned from. */
const MOST_GROWTH = 1.5;
/** An index is made anew when it has so many times the slots that there are profiles. */
const MOST_SLOTS = 2;

/** What of earlier resolutions can be used. */
export type Kept =
  /** Nothing: a model is to be learned. */
  | { readonly use: 'nothing'; readonly why: string }
  /** The model: all profiles are to be looked at under it. */
  | { readonly use: 'model'; readonly why: string; readonly opened: OpenedModel }
  /** The index, too, which goes with the last resolution: only what has changed since need be looked at. */
  | { readonly use: 'index'; readonly opened: OpenedModel; readonly assertions: number };

/** What an index of profiles goes with. */
export interface ResolutionState {
  /** The resolution, by the batch of its commit. */
  readonly run: string;
  /** The last assertion that counts in it. */
  readonly assertions: number;
}

/** The model that resolutions of a hub learned, with the index of its profiles, in a folder of the data folder. */
export class KeptResolution {
  private readonly digest: string;

  constructor(
    private readonly folder: string,
    settings: IdentitySettings,
  ) {
    const { rules, placeholders, probabilistic } = settings;
    const decisive = JSON.stringify([rules, placeholders, countryOf(settings), probabilistic]);
    this.digest = createHash('sha256').update(decisive).digest('hex').slice(0, 16);
  }

  /**
   * Finds out what can be used. What is broken, missing or of another version is learned anew, and said so.
   *
   * @param profiles how many there are now
   */
  async look({ last }: Pick<ResolutionRequest, 'last'>, profiles: number): Promise<Kept> {
    try {
      return this.usable(await openModelFolder(this.folder), last, profiles);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { use: 'nothing', why: error.code === 'MODEL_MISSING' ? 'no model is kept yet' : error.message };
    }
  }

  private usable(opened: OpenedModel, last: string | undefined, profiles: number): Kept {
    const { linkage, manifest } = opened;
    if (manifest.hub?.settings !== this.digest) {
      return { use: 'nothing', why: 'identity.yaml has changed since the model was learned' };
    }
    if (profiles > MOST_GROWTH * linkage.records) {
      const why = `the model was learned from ${linkage.records} profiles, and there are ${profiles}`;
      return { use: 'nothing', why };
    }
    if (manifest.hub.run !== last) {
      return { use: 'model', why: 'the index of profiles is not of the last resolution', opened };
    }
    if (manifest.slots > MOST_SLOTS * profiles) {
      return { use: 'model', why: 'most of the index is what profiles were before', opened };
    }
    return { use: 'index', opened, assertions: manifest.hub.assertions };
  }

  /** @throws HubError those of `readModelFolder` */
  read(opened: OpenedModel, room: number): Promise<ModelFolder> {
    return readModelFolder(this.folder, room, opened);
  }

  /**
   * Keeps a model with the index of all profiles. They take the place of what there was when their run is confirmed: of a
   * run that fails or is cancelled nothing stays.
   */
  async replace(linkage: LinkageModel, index: RecordIndex, state: ResolutionState): Promise<void> {
    await writeDraft(this.folder, linkage, index, { ...state, settings: this.digest });
  }

  /** Takes what a run kept from now on, for what it decided is in the lake. Doing so again changes nothing. */
  async confirm(run: string): Promise<void> {
    const draft = await readDraftManifest(this.folder);
    if (draft?.hub?.run === run) await putDraftInPlace(this.folder);
  }

  /** Keeps what changed of an index that was read. */
  async update(before: ModelFolder, index: RecordIndex, state: ResolutionState): Promise<void> {
    await updateIndex(this.folder, before, index, { ...state, settings: this.digest });
  }
}

/** What of the settings a model is learned with, and its rules as those who ask for one profile have them. */
export function linkageOf(settings: IdentitySettings): LinkageSettings {
  const { rules, probabilistic } = settings;
  const { fields, threshold, pairsPerRecord, blocking, maxPairs, uniquePerFile, seed, nicknames } = probabilistic;
  const columns = new Set<string>(fields.map(({ column }) => column));
  const known = rules.filter(({ match }) => match.every((field) => columns.has(field)));
  const deterministic = known.map(({ name, match, maxProfiles }) => ({ name, match, maxRecords: maxProfiles }));
  const country = countryOf(settings);
  // In the order of the schema: a model that is read and written again stays the same file.
  const chosen = { threshold, pairsPerRecord, blocking, maxPairs, uniquePerFile, seed };
  return { fields, country, nicknames, deterministic, ...chosen };
}
