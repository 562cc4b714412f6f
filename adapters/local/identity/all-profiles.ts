import type { ComparableRecords } from '../../../core/identity/comparison/kernel-comparer';
import { groupsOf } from '../../../core/identity/index/profile-index';
import type { RecordIndex, RuleKeys } from '../../../core/identity/index/record-index';
import { numberCustomers } from '../../../core/identity/index/resolve-changes';
import { learn } from '../../../core/identity/link';
import { expectedMatches } from '../../../core/identity/model/expected-matches';
import { comparedPairs, type ComparedPairs, type LinkageModel } from '../../../core/identity/model/linkage-model';
import { assertedLabels } from '../../../core/identity/model/labelled-pairs';
import { modelToKeep } from '../../../core/identity/model/train-model';
import { markKnownRarity } from '../../../core/identity/records/known-rarities';
import { resolveProfiles } from '../../../core/identity/resolution/resolve-profiles';
import { PackedIds } from '../../../core/journeys/customer-ids';
import type { Work } from '../../../core/parallel/work';
import type { ModelReport, Resolution, ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { DuckDbSession } from '../duckdb';
import { withCrew } from '../threads/thread-crew';
import { linkageOf, type Kept, type KeptResolution } from './kept-resolution';
import {
  countTelling,
  emptyRuleKeys,
  holdProfiles,
  lastAssertion,
  readCompared,
  readProfiles,
  readRuleKeys,
  type ReadProfiles,
} from './read-profiles';

/** All profiles of a lake. */
export interface AllProfiles {
  readonly known: ReadProfiles;
  /** How many of them tell two fields or more. */
  readonly telling: number;
  readonly ruleKeys: readonly RuleKeys[];
  /** The last assertion. */
  readonly assertions: number;
  /** The profiles as a model compares them; absent where there is none, and none is to be learned. */
  readonly compared?: ComparableRecords;
}

/** What resolves them. */
export interface ResolverParts {
  readonly settings: IdentitySettings;
  readonly resolution: KeptResolution;
}

export async function readAll(
  session: DuckDbSession,
  settings: IdentitySettings,
  request: ResolutionRequest,
  { use }: Kept,
): Promise<AllProfiles> {
  const { enabled, minProfiles } = settings.probabilistic;
  await holdProfiles(session, settings);
  const known = await readProfiles(session, settings, request);
  const profiles = known.profiles.ids.length;
  const telling = await countTelling(session, settings);
  const ruleKeys = emptyRuleKeys(settings, profiles);
  const all = { known, telling, ruleKeys, assertions: await lastAssertion(session) };
  if (use === 'nothing' && (!enabled || telling < minProfiles)) return all;
  await readRuleKeys(session, settings, ruleKeys);
  return { ...all, compared: await readCompared(session, settings, profiles) };
}

/** A model with the pairs of all profiles that its rules find. */
interface ModelInUse extends ComparedPairs {
  readonly linkage: LinkageModel;
}

/** Resolves all profiles, and keeps model and index for the next time. */
export async function resolveAll(
  all: AllProfiles,
  { settings, resolution }: ResolverParts,
  { mode, run, from, to }: ResolutionRequest,
  kept: Kept,
  finish: (stage: string) => void,
): Promise<Resolution> {
  const { known, compared } = all;
  const [report, model] = await withCrew((crew) => crew.run(modelFor(all, settings, kept, finish)));
  const { threshold } = settings.probabilistic;
  const learned = model && {
    compared: compared!,
    linkage: { pairs: model.pairs, vectors: model.vectors, model: model.linkage.model },
    threshold,
  };
  const resolved = resolveProfiles({ ...known, learned });
  const { ids: profileIds, previous } = known.profiles;
  const isWhole = from === undefined && to === undefined;
  if (run !== undefined && isWhole && model !== undefined) {
    const index = indexOf(all, resolved.customers, model);
    await resolution.replace(model.linkage, index, { run, assertions: all.assertions });
  }
  finish('cluster');
  return {
    ...resolved,
    profileIds,
    previous,
    totals: { profiles: profileIds.length, customers: new Set(resolved.customers).size },
    ran: 'backfill',
    ...(mode === 'backfill' || kept.use === 'index' ? {} : { why: kept.why }),
    model: report,
  };
}

function* modelFor(
  all: AllProfiles,
  settings: IdentitySettings,
  kept: Kept,
  finish: (stage: string) => void,
): Work<[ModelReport, ModelInUse | undefined]> {
  const { compared, telling } = all;
  if (!settings.probabilistic.enabled) return [{ status: 'off' }, undefined];
  if (compared === undefined) return [{ status: 'too-few-profiles', telling }, undefined];
  if (kept.use === 'nothing') return yield* learnModel({ ...all, compared }, settings, finish);
  const { linkage } = kept.opened;
  markKnownRarity(compared.table, linkage.rarities, 0, compared.table.records);
  return [
    { status: 'kept', records: linkage.records },
    { linkage, ...(yield* comparedPairs(compared, linkage)) },
  ];
}

function* learnModel(
  { compared, known: { mustLink, constraints } }: AllProfiles & { readonly compared: ComparableRecords },
  settings: IdentitySettings,
  finish: (stage: string) => void,
): Work<[ModelReport, ModelInUse | undefined]> {
  const linkageSettings = linkageOf(settings);
  const { learnFromAssertions, minMatches } = settings.probabilistic;
  const labels = learnFromAssertions ? assertedLabels(mustLink, constraints.cannotLink) : undefined;
  const learning = yield* learn(compared, linkageSettings, finish, labels);
  const { rules, pairs, vectors, rounds } = learning;
  const matches = Math.round(expectedMatches(learning));
  if (matches < minMatches) return [{ status: 'too-few-matches', matches }, undefined];
  const linkage = yield* modelToKeep(compared.table, linkageSettings, learning);
  // Of few profiles all pairs were learned from; from now on it is those that the model's rules find.
  const found = rules.length > 0 ? { pairs, vectors } : yield* comparedPairs(compared, linkage);
  return [
    { status: 'learned', pairs: pairs.size, matches, rounds },
    { linkage, ...found },
  ];
}

/** The profiles, each in the slot of its number. */
function indexOf(all: AllProfiles, customersOf: readonly string[], { linkage, ...found }: ModelInUse): RecordIndex {
  const { profiles, mustLink, evidence, constraints } = all.known;
  const slots = profiles.ids.length;
  const customers = new Uint32Array(slots);
  const every = Uint32Array.from(customers.keys());
  const ties = [...mustLink, ...constraints.cannotLink, ...evidence.map(({ a, b }) => [a, b] as const)];
  return {
    compared: all.compared!,
    slots,
    ids: PackedIds.of(profiles.ids),
    groups: groupsOf(slots, found, linkage, ties),
    names: numberCustomers(PackedIds.of([]), every, customersOf, customers),
    customers,
    ruleKeys: all.ruleKeys,
  };
}
