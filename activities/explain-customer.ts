import { linksOfAnswer } from '../core/identity/resolution/answers';
import { answersSql, currentIdentitiesSql } from '../core/identity/resolution/answers-sql';
import { activeAssertionsSql } from '../core/identity/resolution/assertions';
import type { PairExplanation } from '../core/identity/model/explain-pair';
import { identityFields } from '../core/identity/records/fields';
import { currentProfiles } from '../core/identity/resolution/rules-sql';
import { weakestLink } from '../core/identity/clustering/weakest-link';
import { HubError } from '../core/errors';
import { literal } from '../core/sql/quote';
import type { Lake, ReadOptions } from '../ports/lake';
import type { CustomerIdentity, CustomerIdentityEdge } from '../schemas/customer-identity';
import { assertionOfRow, type AssertionRow } from './assertion-rows';

/**
 * What holds a customer's profiles together, the weakest of it, and how they came together.
 *
 * @throws HubError NOT_FOUND, which tells where a customer went
 */
export async function explainCustomer(lake: Lake, customer: string, read: ReadOptions): Promise<CustomerIdentity> {
  const own = `SELECT profile_id FROM (${currentIdentitiesSql(lake.dialect)}) AS tied WHERE customer_id = ${literal(customer)}`;
  const profiles = await readOwnProfiles(lake, customer, own, read);
  if (profiles.length === 0) throw await noCustomer(lake, customer, read);
  const edges = [...(await readEdges(lake, own, read)), ...(await readAnswered(lake, own, profiles, read))];
  const links = edges.filter(({ rule }) => rule !== 'cannot-link');
  return {
    customer,
    profiles,
    edges,
    weakest:
      weakestLink(
        profiles.map(({ profile }) => profile),
        links,
      ) ?? null,
    changes: await readChanges(lake, own, customer, read),
    assertions: (
      await lake.rows<AssertionRow>(
        `SELECT * FROM (${activeAssertionsSql}) AS said WHERE profile_a IN (${own}) OR profile_b IN (${own}) ORDER BY sequence`,
        read,
      )
    ).map(assertionOfRow),
  };
}

type Row = Readonly<Record<string, string | number | Date | null>>;

/** Of profiles that only the graph knows, no fields. */
async function readOwnProfiles(
  lake: Lake,
  customer: string,
  own: string,
  read: ReadOptions,
): Promise<CustomerIdentity['profiles']> {
  const rows = await lake.rows<Row>(
    `SELECT profile_id, coalesce(source, split_part(profile_id, ':', 1)) AS source, method, rule, confidence, valid_from, CAST(birth_date AS VARCHAR) AS birth_date,
  ${identityFields.filter((field) => field !== 'birth_date').join(', ')}
FROM (${currentIdentitiesSql(lake.dialect)}) AS tied LEFT JOIN (${currentProfiles(lake.dialect, `profile_id IN (${own})`)}) AS known USING (profile_id)
WHERE customer_id = ${literal(customer)} ORDER BY first_seen, profile_id`,
    read,
  );
  return rows.map((row) => ({
    profile: row['profile_id'] as string,
    source: row['source'] as string,
    method: row['method'] as string,
    rule: row['rule'] as string,
    confidence: row['confidence'] as number,
    since: (row['valid_from'] as Date).toISOString(),
    fields: Object.fromEntries(
      identityFields.flatMap((field) => (row[field] === null ? [] : [[field, row[field] as string]])),
    ),
  }));
}

async function readEdges(lake: Lake, own: string, read: ReadOptions): Promise<CustomerIdentityEdge[]> {
  const rows = await lake.rows<Row>(
    `SELECT * FROM identity_edges WHERE profile_a IN (${own}) AND profile_b IN (${own})
ORDER BY probability DESC, profile_a, profile_b, rule`,
    read,
  );
  return rows.map((row) => ({
    profileA: row['profile_a'] as string,
    profileB: row['profile_b'] as string,
    method: row['method'] as CustomerIdentityEdge['method'],
    rule: row['rule'] as string,
    weight: row['weight'] as number | null,
    probability: row['probability'] as number,
    waterfall: row['waterfall'] === null ? null : (JSON.parse(row['waterfall'] as string) as PairExplanation),
  }));
}

/** What speaks for profiles that were answered of since the last resolution. */
async function readAnswered(
  lake: Lake,
  own: string,
  profiles: CustomerIdentity['profiles'],
  read: ReadOptions,
): Promise<CustomerIdentityEdge[]> {
  const isOwn = new Set(profiles.map(({ profile }) => profile));
  const answers = await lake.rows<Parameters<typeof linksOfAnswer>[0]>(answersSql(own, lake.dialect), read);
  return answers.flatMap(linksOfAnswer).flatMap(({ profile, other, waterfall, ...link }) => {
    if (!isOwn.has(other)) return [];
    const [profileA, profileB] = profile < other ? [profile, other] : [other, profile];
    return [{ profileA, profileB, ...link, weight: waterfall.weight, waterfall }];
  });
}

/** Of the profiles that the customer has, and of those it once had. */
async function readChanges(
  lake: Lake,
  own: string,
  customer: string,
  read: ReadOptions,
): Promise<CustomerIdentity['changes']> {
  const rows = await lake.rows<Record<'profile' | 'from' | 'to' | 'kind' | 'reason' | 'businessDate', string>>(
    `SELECT profile_id AS profile, from_customer AS "from", to_customer AS "to", kind, reason, CAST(business_date AS VARCHAR) AS "businessDate"
FROM identity_changes
WHERE profile_id IN (${own}) OR from_customer = ${literal(customer)} OR to_customer = ${literal(customer)}
ORDER BY batch, profile_id`,
    read,
  );
  return rows;
}

async function noCustomer(lake: Lake, customer: string, read: ReadOptions): Promise<HubError> {
  const gone = await lake.rows<{ to: string; date: string }>(
    `SELECT to_customer AS "to", CAST(max(business_date) AS VARCHAR) AS date FROM identity_changes
WHERE from_customer = ${literal(customer)} GROUP BY to_customer ORDER BY date DESC, "to" LIMIT 5`,
    read,
  );
  const went = gone.map(({ to, date }) => `"${to}" (${date})`).join(', ');
  const message = `there is no customer "${customer}"${went === '' ? '' : ` any more; its profiles went to ${went}`}`;
  return new HubError('NOT_FOUND', message, { field: 'customer' });
}
