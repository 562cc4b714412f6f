import { activeAssertionsSql } from '../../../core/identity/resolution/assertions';
import type { ProfilesByAge } from '../../../core/identity/clustering/clusters';
import type { ApartConstraints, ProfilePair } from '../../../core/identity/clustering/firm-sets';
import type { ComparableRecords } from '../../../core/identity/comparison/kernel-comparer';
import type { RecordIndex, RuleKeys } from '../../../core/identity/index/record-index';
import { countryOf } from '../../../core/identity/phones/country-of';
import { withNormalised } from '../../../core/identity/records/normalise-sql';
import type { IdentityEdge, RuleEvidence } from '../../../core/identity/resolution/resolve-profiles';
import { currentProfiles, evidenceSql, ruleHashesSql, ruleKeysSql } from '../../../core/identity/resolution/rules-sql';
import { currentIdentitiesSql } from '../../../core/identity/resolution/answers-sql';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { literal } from '../../../core/sql/quote';
import type { ResolutionRequest } from '../../../ports/identity-resolver';
import type { IdentitySettings } from '../../../schemas/identity';
import type { DuckDbSession } from '../duckdb';
import { hashesOf } from './field-values';
import { readFewRecords } from './few-records';
import { readRecords } from './read-records';

/** All that a resolution is decided from, profiles by their number: the oldest is 0. */
export interface ReadProfiles {
  readonly profiles: ProfilesByAge;
  readonly constraints: ApartConstraints;
  readonly mustLink: readonly ProfilePair[];
  readonly evidence: readonly RuleEvidence[];
  readonly settledLinks: readonly IdentityEdge[];
}

/** How many profiles there are. */
export async function countProfiles(session: DuckDbSession): Promise<number> {
  const [row] = await session.rows<{ profiles: bigint }>('SELECT count(DISTINCT profile_id) AS profiles FROM profiles');
  return Number(row?.profiles ?? 0);
}

/** The last assertion, by its number; 0 where there is none. */
export async function lastAssertion(session: DuckDbSession): Promise<number> {
  const [row] = await session.rows<{ last: bigint | null }>('SELECT max(sequence) AS last FROM identity_assertions');
  return Number(row?.last ?? 0);
}

/**
 * Makes tables of profiles: `current_profiles` and `rule_keys`, in the order of age.
 *
 * @param among a condition on profiles; all of them when left out
 */
export async function holdProfiles(session: DuckDbSession, settings: IdentitySettings, among?: string): Promise<void> {
  const hold = (table: string, sql: string) => session.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${sql}`);
  await hold(
    'current_profiles',
    `SELECT * FROM (${currentProfiles(duckDbDialect, among)}) ORDER BY first_seen, profile_id`,
  );
  await hold('rule_keys', ruleKeysSql(settings));
}

/** The ids of the profiles that are held. */
export async function readIds(session: DuckDbSession): Promise<string[]> {
  const rows = await session.rows<{ profile_id: string }>('SELECT profile_id FROM current_profiles');
  return rows.map(({ profile_id }) => profile_id);
}

/** Profiles of whom something was said after an assertion, and those that were said to be, or not to be, a `changed` one. */
export async function readSaid(session: DuckDbSession, after: number): Promise<string[]> {
  const isNew = 'profile_a IN (SELECT profile_id FROM changed) OR profile_b IN (SELECT profile_id FROM changed)';
  const rows = await session.rows<{ profile_id: string }>(`SELECT DISTINCT unnest([profile_a, profile_b]) AS profile_id
FROM identity_assertions WHERE sequence > ${after} OR ${isNew}`);
  return rows.map(({ profile_id }) => profile_id);
}

/** Reads the profiles that are held, what was said of them, and which of them rules tie. */
export async function readProfiles(
  session: DuckDbSession,
  settings: IdentitySettings,
  { from, to }: Pick<ResolutionRequest, 'from' | 'to'>,
): Promise<ReadProfiles> {
  const { uniquePerSource } = settings.probabilistic;
  const isWhole = from === undefined && to === undefined;
  const settledWhen = settledSql(from, to);
  const { profiles, uniqueSource, settled } = await readAges(session, uniquePerSource, settledWhen);
  const numberOf = new Map(profiles.ids.map((id, number) => [id, number]));
  const { mustLink, cannotLink } = await readAssertions(session, numberOf);
  const evidence = await readEvidence(session, settings, numberOf);
  const constraints = { cannotLink, uniqueSource, ...(isWhole ? {} : { settled }) };
  const settledLinks = isWhole ? [] : await readSettledLinks(session, settledWhen, numberOf);
  return { profiles, constraints, mustLink, evidence, settledLinks };
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
  const sql = `SELECT profile_id, customer_id AS previous, coalesce(is_resolved, false)::INTEGER AS is_resolved, 'c-' || left(md5(profile_id), 16) AS fresh_id, ${unique}::INTEGER AS unique_source,
  (${settledWhen})::INTEGER AS settled
FROM current_profiles LEFT JOIN (${currentIdentitiesSql(duckDbDialect)}) AS tied USING (profile_id) ORDER BY first_seen, profile_id`;
  const profiles = { ids: [] as string[], previous: [] as (string | null)[], freshIds: [] as string[] };
  const [uniqueSource, settled, resolved]: [number[], number[], number[]] = [[], [], []];
  for await (const { rows, columns } of session.stream(sql)) {
    for (let row = 0; row < rows; row++) {
      profiles.ids.push(columns['profile_id']![row] as string);
      profiles.previous.push(columns['previous']![row] as string | null);
      profiles.freshIds.push(columns['fresh_id']![row] as string);
      uniqueSource.push(columns['unique_source']![row] as number);
      resolved.push(columns['is_resolved']![row] as number);
      settled.push(columns['settled']![row] as number);
    }
  }
  const isResolved = Uint8Array.from(resolved);
  return {
    profiles: { ...profiles, isResolved },
    uniqueSource: Uint8Array.from(uniqueSource),
    settled: Uint8Array.from(settled),
  };
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

/** What earlier resolutions found to hold profiles together whose customer is not in question. */
async function readSettledLinks(
  session: DuckDbSession,
  settledWhen: string,
  numberOf: ReadonlyMap<string, number>,
): Promise<IdentityEdge[]> {
  const settled = `SELECT profile_id, customer_id FROM current_profiles JOIN identities USING (profile_id) WHERE ${settledWhen}`;
  type Row = Omit<IdentityEdge, 'a' | 'b'> & Record<'profile_a' | 'profile_b', string>;
  const rows = await session.rows<Row>(`WITH settled AS (${settled})
SELECT profile_a, profile_b, edges.method, edges.rule, weight, probability, levels, waterfall
FROM identity_edges AS edges JOIN settled AS a ON a.profile_id = profile_a JOIN settled AS b ON b.profile_id = profile_b
WHERE a.customer_id = b.customer_id AND edges.method <> 'manual' ORDER BY profile_a, profile_b, edges.rule`);
  return rows.map(({ profile_a, profile_b, ...edge }) => {
    return { ...edge, a: numberOf.get(profile_a)!, b: numberOf.get(profile_b)! };
  });
}

/** How many of the profiles that are held tell two fields or more. */
export async function countTelling(
  session: DuckDbSession,
  { probabilistic: { fields } }: IdentitySettings,
): Promise<number> {
  const told = fields.map(({ column }) => `(${column} IS NOT NULL)::INTEGER`).join(' + ');
  const [row] = await session.rows<{ telling: bigint }>(
    `SELECT count(*) AS telling FROM current_profiles WHERE ${told} >= 2`,
  );
  return Number(row?.telling ?? 0);
}

const COMPARED = 'compared';

/** Makes a table of what the model compares of the profiles that are held; values that stand for none are left out. */
async function holdCompared(session: DuckDbSession, settings: IdentitySettings): Promise<void> {
  const columns = settings.probabilistic.fields.map(
    ({ column }) => `CASE WHEN normalised_${column} IS NOT NULL THEN ${column} END AS ${column}`,
  );
  await session.run(`CREATE OR REPLACE TEMP TABLE ${COMPARED} AS
SELECT ${columns.join(', ')} FROM (${withNormalised('current_profiles', settings)}) ORDER BY first_seen, profile_id`);
}

function normalisationOf(settings: IdentitySettings) {
  return { ...settings.probabilistic, country: countryOf(settings) };
}

/** Reads the profiles that are held as the model compares them. */
export async function readCompared(
  session: DuckDbSession,
  settings: IdentitySettings,
  records: number,
): Promise<ComparableRecords> {
  await holdCompared(session, settings);
  const relation = { from: COMPARED, records, ofFirstFile: records };
  return session.lend('the profiles to compare', (connection) =>
    readRecords(connection, relation, normalisationOf(settings)),
  );
}

/** Reads the same of few profiles, into the slots of an index that are free, with what rules compare of them. */
export async function readIntoIndex(
  session: DuckDbSession,
  settings: IdentitySettings,
  { compared, slots, ruleKeys }: RecordIndex,
): Promise<void> {
  await holdCompared(session, settings);
  await session.lend('the profiles that changed', (connection) =>
    readFewRecords(connection, COMPARED, normalisationOf(settings), compared.table, slots),
  );
  await readRuleKeys(session, settings, ruleKeys, slots);
}

/** Writes what rules compare of the profiles that are held behind what there is. */
export async function readRuleKeys(
  session: DuckDbSession,
  settings: IdentitySettings,
  ruleKeys: readonly RuleKeys[],
  first = 0,
): Promise<void> {
  await session.lend('what rules compare', async (connection) => {
    const result = await connection.stream(ruleHashesSql(settings));
    let slot = first;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      ruleKeys.forEach(({ low, high }, rule) => {
        const halves = hashesOf(chunk!, rule);
        for (let row = 0; row < chunk!.rowCount; row++) {
          low[slot + row] = halves[2 * row] as number;
          high[slot + row] = halves[2 * row + 1] as number;
        }
      });
      slot += chunk.rowCount;
    }
  });
}

export function emptyRuleKeys({ rules }: Pick<IdentitySettings, 'rules'>, profiles: number): RuleKeys[] {
  return rules.map(() => ({ low: new Uint32Array(profiles), high: new Uint32Array(profiles) }));
}
