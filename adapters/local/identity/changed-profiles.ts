import {
  groupsOf,
  rulesThatTie,
  takeInProfiles,
  type ChangedProfileIndex,
} from '../../../core/identity/index/profile-index';
import { gatherRecords, GONE, slotsOf, type RecordIndex } from '../../../core/identity/index/record-index';
import { numberCustomers } from '../../../core/identity/index/resolve-changes';
import { grown } from '../../../core/identity/index/take-in';
import { comparedPairs } from '../../../core/identity/model/linkage-model';
import { alone } from '../../../core/parallel/work';
import { pendingProfileBatchesSql } from '../../../core/identity/resolution/identity-sql';
import type { ResolutionTotals } from '../../../core/identity/resolution/resolution-summary';
import { resolveProfiles, type RuleEvidence } from '../../../core/identity/resolution/resolve-profiles';
import type { Resolution, ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { DuckDbSession } from '../duckdb';
import { loadKernel } from '../kernels';
import type { ResolverParts } from './all-profiles';
import type { Kept } from './kept-resolution';
import type { ModelFolder } from './model-folder';
import {
  holdProfiles,
  lastAssertion,
  readIds,
  readIntoIndex,
  readProfiles,
  readSaid,
  type ReadProfiles,
} from './read-profiles';

/** The profiles that what has changed since the last resolution can concern. */
export interface ChangedProfiles {
  readonly before: ModelFolder;
  readonly changed: ChangedProfileIndex;
  readonly known: ReadProfiles;
  /** The last assertion. */
  readonly assertions: number;
}

export async function readChanged(
  session: DuckDbSession,
  { settings, resolution }: ResolverParts,
  kept: Extract<Kept, { use: 'index' }>,
): Promise<ChangedProfiles> {
  await session.run(
    `CREATE TEMP TABLE changed AS SELECT DISTINCT profile_id FROM profiles WHERE batch IN (${pendingProfileBatchesSql})`,
  );
  await holdProfiles(session, settings, 'profile_id IN (SELECT profile_id FROM changed)');
  const arrived = await readIds(session);
  const said = await readSaid(session, kept.assertions);
  const before = await resolution.read(kept.opened, arrived.length);
  const { index, linkage } = before;
  await readIntoIndex(session, settings, index);
  const slots = slotsOf(index, new Set([...arrived, ...said]));
  const slotsAmong = (ids: readonly string[]) => ids.flatMap((id) => slots.get(id) ?? []);
  const changes = { arrived, gone: slotsAmong(arrived), said: slotsAmong(said) };
  const changed = takeInProfiles(index, linkage, changes, mostByRule(settings));
  await holdLookedAt(session, changed);
  await holdProfiles(session, settings, 'profile_id IN (SELECT profile_id FROM looked_at)');
  const known = await readProfiles(session, settings, {});
  return { before, changed, known, assertions: await lastAssertion(session) };
}

function mostByRule({ rules }: IdentitySettings): number[] {
  return rules.map(({ maxProfiles }) => maxProfiles);
}

async function holdLookedAt(session: DuckDbSession, { ids, affected }: ChangedProfileIndex): Promise<void> {
  const profile_id = Array.from(affected, (slot) => ids.at(slot));
  await session.createTable('looked_at', {
    columns: { profile_id: 'VARCHAR' },
    batches: [{ rows: profile_id.length, columns: { profile_id } }],
  });
}

/** Resolves these profiles as they would be among all, and keeps the index for the next time. */
export async function resolveChanged(
  { before, changed, known, assertions }: ChangedProfiles,
  { settings, resolution }: ResolverParts,
  { run }: ResolutionRequest,
  finish: (stage: string) => void,
): Promise<Resolution> {
  const { index, linkage } = before;
  const { ids, affected } = changed;
  const slotOf = new Map(Array.from(affected, (slot) => [ids.at(slot), slot]));
  const slots = Uint32Array.from(known.profiles.ids, (id) => slotOf.get(id)!);
  const compared = gatherRecords(index.compared.table, slots, loadKernel('identity'));
  const found = alone(comparedPairs(compared, linkage));
  const profiles = { ...known.profiles, isTaken: takenByOthers(index, changed) };
  const evidence = evidenceAmongAll(known.evidence, before, changed, slots, settings);
  const { threshold } = linkage.settings;
  const learned = { compared, linkage: { ...found, model: linkage.model }, threshold };
  const resolved = resolveProfiles({ ...known, profiles, evidence, learned });

  const ties = [...known.mustLink, ...known.constraints.cannotLink, ...evidence.map(({ a, b }) => [a, b] as const)];
  const groups = changed.groups.slice();
  groupsOf(slots.length, found, linkage, ties).forEach((first, profile) => (groups[slots[profile]!] = slots[first]!));
  const customers = grown(index.customers, changed.end);
  const names = numberCustomers(index.names, slots, resolved.customers, customers);
  const after: RecordIndex = { ...index, slots: changed.end, ids, groups, customers, names };
  if (run !== undefined) await resolution.update(before, after, { run, assertions });
  finish('cluster');
  return {
    ...resolved,
    profileIds: profiles.ids,
    previous: profiles.previous,
    totals: totalsOf(after),
    ran: 'incremental',
    model: { status: 'kept', records: linkage.records },
  };
}

/** Rules tie by values that few profiles hold: few of all, and not just of those that are looked at. */
function evidenceAmongAll(
  evidence: readonly RuleEvidence[],
  { index }: ModelFolder,
  changed: ChangedProfileIndex,
  slots: Uint32Array,
  settings: IdentitySettings,
): RuleEvidence[] {
  const ties = rulesThatTie(index, changed, mostByRule(settings));
  const numberOf = new Map(settings.rules.map(({ name }, rule) => [name, rule]));
  return evidence.filter(({ rule, b }) => ties(numberOf.get(rule)!, slots[b]!));
}

/** Whether a customer is that of profiles that are not looked at. */
function takenByOthers(index: RecordIndex, { groups, affected }: ChangedProfileIndex): (id: string) => boolean {
  const isAffected = new Uint8Array(groups.length);
  for (const slot of affected) isAffected[slot] = 1;
  const isTaken = new Uint8Array(index.names.size);
  for (let slot = 0; slot < index.slots; slot++) {
    if (groups[slot] !== GONE && isAffected[slot] === 0) isTaken[index.customers[slot]!] = 1;
  }
  return (id) => isTaken[index.names.indexOf(id)] === 1;
}

function totalsOf({ slots, groups, customers, names }: RecordIndex): ResolutionTotals {
  const isAlive = new Uint8Array(names.size);
  let profiles = 0;
  for (let slot = 0; slot < slots; slot++) {
    if (groups[slot] === GONE) continue;
    profiles++;
    isAlive[customers[slot]!] = 1;
  }
  return { profiles, customers: isAlive.reduce((sum, one) => sum + one, 0) };
}
