import { activeAssertionsSql } from '../../../core/identity/resolution/assertions';
import type { ProfilesByAge } from '../../../core/identity/clustering/clusters';
import type { ApartConstraints, ProfilePair } from '../../../core/identity/clustering/firm-sets';
import type { ComparableRecords } from '../../../core/identity/comparison/kernel-comparer';
import { countryOf } from '../../../core/identity/phones/country-of';
import { withNormalised } from '../../../core/identity/records/normalise-sql';
import type { RuleEvidence } from '../../../core/identity/resolution/resolve-profiles';
import { currentProfilesSql, evidenceSql } from '../../../core/identity/resolution/rules-sql';
import { literal } from '../../../core/sql/quote';
import type { ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { DuckDbSession } from '../duckdb';
import { readRecords } from './read-records';

/** All that a resolution is decided from, profiles by their number: the oldest is 0. */
export interface ReadProfiles {
  readonly profiles: ProfilesByAge;
  readonly constraints: ApartConstraints;
  readonly mustLink: readonly ProfilePair[];
  readonly evidence: readonly RuleEvidence[];
  /** How many profiles tell two fields or more. */
  readonly telling: number;
  /** The profiles as the model compares them; absent where none is to be learned. */
  readonly compared?: ComparableRecords;
}

/** Reads the profiles, what was said of them, and which of them rules tie. */
export async function readProfiles(
  session: DuckDbSession,
  settings: IdentitySettings,
  { from, to }: Pick<ResolutionRequest, 'from' | 'to'>,
): Promise<ReadProfiles> {
  await session.run(
    `CREATE TEMP TABLE current_profiles AS SELECT * FROM (${currentProfilesSql}) ORDER BY first_seen, profile_id`,
  );
  const { uniquePerSource } = settings.probabilistic;
  const { profiles, uniqueSource, settled } = await readAges(session, uniquePerSource, settledSql(from, to));
  const numberOf = new Map(profiles.ids.map((id, number) => [id, number]));
  const { mustLink, cannotLink } = await readAssertions(session, numberOf);
  const evidence = await readEvidence(session, settings, numberOf);
  const constraints = { cannotLink, uniqueSource, ...(from === undefined && to === undefined ? {} : { settled }) };
  const read = { profiles, constraints, mustLink, evidence };
  const telling = await countTelling(session, settings);
  const { enabled, minProfiles } = settings.probabilistic;
  if (!enabled || telling < minProfiles) return { ...read, telling };
  return { ...read, telling, compared: await readCompared(session, settings, profiles.ids.length) };
}

/** A condition that holds for profiles that were not seen on the days asked for. */
function settledSql(from: string | undefined, to: string | undefined): string {
  const before = from === undefined ? 'false' : `last_seen::DATE < DATE ${literal(from)}`;
  const after = to === undefined ? 'false' : `last_seen::DATE > DATE ${literal(to)}`;
  return `${before} OR ${after}`;
}

async function readAges(session: DuckDbSession, uniquePerSource: readonly string[], settledWhen: string) {
  const sources = uniquePerSource.map(literal).join(', ');
  const unique = sources === '' ? '0' : `coalesce(list_position([${sources}], source), 0)`;
  const sql = `SELECT profile_id, customer_id AS previous, 'c-' || left(md5(profile_id), 16) AS fresh_id, ${unique}::INTEGER AS unique_source,
  (${settledWhen})::INTEGER AS settled
FROM current_profiles LEFT JOIN identities USING (profile_id) ORDER BY first_seen, profile_id`;
  const profiles = { ids: [] as string[], previous: [] as (string | null)[], freshIds: [] as string[] };
  const [uniqueSource, settled]: [number[], number[]] = [[], []];
  for await (const { rows, columns } of session.stream(sql)) {
    for (let row = 0; row < rows; row++) {
      profiles.ids.push(columns['profile_id']![row] as string);
      profiles.previous.push(columns['previous']![row] as string | null);
      profiles.freshIds.push(columns['fresh_id']![row] as string);
      uniqueSource.push(columns['unique_source']![row] as number);
      settled.push(columns['settled']![row] as number);
    }
  }
  return { profiles, uniqueSource: Uint8Array.from(uniqueSource), settled: Uint8Array.from(settled) };
}

async function readAssertions(session: DuckDbSession, numberOf: ReadonlyMap<string, number>) {
  const [mustLink, cannotLink]: [ProfilePair[], ProfilePair[]] = [[], []];
  const rows = await session.rows<{ profile_a: string; profile_b: string; kind: string }>(activeAssertionsSql);
  for (const { profile_a, profile_b, kind } of rows) {
    const [a, b] = [numberOf.get(profile_a), numberOf.get(profile_b)];
    if (a !== undefined && b !== undefined) (kind === 'same' ? mustLink : cannotLink).push([a, b]);
  }
  return { mustLink, cannotLink };
}

async function readEvidence(
  session: DuckDbSession,
  settings: IdentitySettings,
  numberOf: ReadonlyMap<string, number>,
): Promise<RuleEvidence[]> {
  const evidence: RuleEvidence[] = [];
  for await (const { rows, columns } of session.stream(evidenceSql(settings))) {
    for (let row = 0; row < rows; row++) {
      evidence.push({
        rule: columns['rule']![row] as string,
        confidence: columns['confidence']![row] as number,
        a: numberOf.get(columns['profile_a']![row] as string)!,
        b: numberOf.get(columns['profile_b']![row] as string)!,
      });
    }
  }
  return evidence;
}

async function countTelling(session: DuckDbSession, { probabilistic: { fields } }: IdentitySettings): Promise<number> {
  const told = fields.map(({ column }) => `(${column} IS NOT NULL)::INTEGER`).join(' + ');
  const [row] = await session.rows<{ telling: bigint }>(
    `SELECT count(*) AS telling FROM current_profiles WHERE ${told} >= 2`,
  );
  return Number(row?.telling ?? 0);
}

/** Values that stand for none by the hub's settings are left out. */
async function readCompared(session: DuckDbSession, settings: IdentitySettings, records: number) {
  const { fields } = settings.probabilistic;
  const columns = fields.map(
    ({ column }) => `CASE WHEN normalised_${column} IS NOT NULL THEN ${column} END AS ${column}`,
  );
  await session.run(
    `CREATE TEMP TABLE compared AS SELECT ${columns.join(', ')}
FROM (${withNormalised('current_profiles', settings)}) ORDER BY first_seen, profile_id`,
  );
  const relation = { from: 'compared', records, ofFirstFile: records };
  return session.lend('the profiles to compare', (connection) =>
    readRecords(connection, relation, { ...settings.probabilistic, country: countryOf(settings) }),
  );
}
