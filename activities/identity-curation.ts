import {
  activeAssertionsSql,
  mergeAssertions,
  refuseContradiction,
  splitAssertions,
  type Assertion,
} from '../core/identity/resolution/assertions';
import { currentIdentitiesSql } from '../core/identity/resolution/answers-sql';
import { countryOf } from '../core/identity/phones/country-of';
import { customerSearchSql, foundBy } from '../core/identity/search-sql';
import { HubError } from '../core/errors';
import { lakeTables } from '../core/lake/tables';
import type { LakeDialect } from '../core/sql/lake-dialect';
import { literal } from '../core/sql/quote';
import { maskEmail, maskName, maskPhone } from '../core/text/mask';
import type { Lake } from '../ports/lake';
import {
  assertionListQuestion,
  assertionQuestion,
  type AssertionAnswer,
  type AssertionInput,
  type AssertionList,
  type AssertionListInput,
  type AssertionQuestion,
} from '../schemas/assertions';
import {
  customerIdentityQuestion,
  type CustomerIdentity,
  type CustomerIdentityQuestion,
} from '../schemas/customer-identity';
import {
  customerSearchQuestion,
  type CustomerSearchAnswer,
  type CustomerSearchInput,
} from '../schemas/customer-search';
import type { IdentitySettings } from '../schemas/identity';
import { cancellation } from './context';
import { explainCustomer } from './explain-customer';
import { assertionOfRow, type AssertionRow } from './assertion-rows';
import type { Asked } from './questions';

export interface CurationDependencies {
  readonly lake: Lake;
  readonly identity: Pick<IdentitySettings, 'country' | 'defaultCallingCode'>;
}

/** What people say of identities, and what they ask about them. Bad input is a ZodError or a HubError that names the field. */
export function createCurationActivities({ lake, identity }: CurationDependencies) {
  return {
    /**
     * Keeps what somebody says of profiles, for every resolution from now on.
     *
     * @param given.at epoch milliseconds at which it was said
     * @param given.id names it: the same id is kept once
     * @throws HubError PROFILE_UNKNOWN, NOTHING_TO_SPLIT, IDENTITY_ASSERTIONS_CONTRADICT
     */
    async keepAssertion(given: { question: AssertionInput; at: number; id: string }): Promise<AssertionAnswer> {
      const question = assertionQuestion.parse(given.question, { reportInput: true });
      const version = await lake.version();
      const earlier = (await lake.rows<AssertionRow>(activeAssertionsSql, { version })).map(assertionOfRow);
      const added = await assertionsOf(lake, version, question, earlier);
      refuseContradiction(earlier, added);
      const key = `assertion:${given.id}`;
      const writes = [
        { table: 'identity_assertions', mode: 'append', select: numbered(question, given.at, lake.dialect) } as const,
      ];
      await lake.commit(
        { key, series: 'assertions', version, inputs: { asserted: assertedRows(added) }, writes },
        { signal: cancellation() },
      );
      const { kind, profiles } = question;
      return { kind, profiles, pairs: added.length, effect: 'with the next resolution of identities' };
    },

    /** What was said of profiles, the newest first. */
    async listAssertions({ question, lakeVersion }: Asked<AssertionListInput>): Promise<AssertionList> {
      const { limit } = assertionListQuestion.parse(question, { reportInput: true });
      const rows = await lake.rows<AssertionRow>(
        `SELECT said.*, said.sequence = (SELECT max(sequence) FROM identity_assertions AS others
  WHERE others.profile_a = said.profile_a AND others.profile_b = said.profile_b) AS active
FROM identity_assertions AS said ORDER BY sequence DESC, profile_a, profile_b LIMIT ${limit}`,
        lakeVersion === undefined ? {} : { version: lakeVersion },
      );
      return { assertions: rows.map(assertionOfRow) };
    },

    /** Whom an id, a phone number or an e-mail address is of. */
    async findCustomers({ question, lakeVersion }: Asked<CustomerSearchInput>): Promise<CustomerSearchAnswer> {
      const { text, limit } = customerSearchQuestion.parse(question, { reportInput: true });
      const version = lakeVersion ?? (await lake.version());
      const sql = customerSearchSql(text, countryOf(identity), limit + 1, lake.dialect);
      const rows = await lake.rows<FoundCustomer>(sql, { version, signal: cancellation() });
      return { customers: rows.slice(0, limit).map(foundCustomer), more: rows.length > limit };
    },

    /** @throws HubError NOT_FOUND, which tells where a customer went */
    async explainIdentity({ question, lakeVersion }: Asked<CustomerIdentityQuestion>): Promise<CustomerIdentity> {
      const { customer } = customerIdentityQuestion.parse(question, { reportInput: true });
      const version = lakeVersion ?? (await lake.version());
      return explainCustomer(lake, customer, { version, signal: cancellation() });
    },
  };
}

interface FoundCustomer {
  readonly customer_id: string;
  readonly place: number;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly city: string | null;
  readonly profiles: bigint | number;
}

function foundCustomer(row: FoundCustomer): CustomerSearchAnswer['customers'][number] {
  return {
    customer: row.customer_id,
    by: foundBy(Number(row.place)),
    name: maskName(row.given_name, row.family_name),
    ...(row.email !== null && { email: maskEmail(row.email) }),
    ...(row.phone !== null && { phone: maskPhone(row.phone) }),
    ...(row.city !== null && { city: row.city }),
    profiles: Number(row.profiles),
  };
}

async function assertionsOf(
  lake: Lake,
  version: number,
  { kind, profiles }: AssertionQuestion,
  earlier: readonly Assertion[],
): Promise<Assertion[]> {
  const named = profiles.map(literal).join(', ');
  const rows = await lake.rows<{ profile_id: string; customer_id: string | null; named: boolean }>(
    `WITH tied AS (${currentIdentitiesSql(lake.dialect)}) SELECT profile_id, customer_id, profile_id IN (${named}) AS named
FROM (SELECT profile_id FROM profiles UNION SELECT profile_id FROM tied) AS known LEFT JOIN tied USING (profile_id)
WHERE profile_id IN (${named}) OR customer_id IN (SELECT customer_id FROM tied WHERE profile_id IN (${named}))
ORDER BY profile_id`,
    { version },
  );
  const known = rows.filter((row) => row.named).map(({ profile_id }) => profile_id);
  const unknown = profiles.find((profile) => !known.includes(profile));
  if (unknown !== undefined) {
    const message = `profiles: there is no profile "${unknown}"; a profile's id is its source's name, a colon, and the id it has there`;
    throw new HubError('PROFILE_UNKNOWN', message, { field: 'profiles' });
  }
  if (kind === 'merge') {
    return mergeAssertions(
      profiles,
      rows.map(({ profile_id }) => profile_id),
      earlier,
    );
  }
  return [...new Set(rows.map(({ customer_id }) => customer_id))].flatMap((customer) => {
    const members = rows.filter(({ customer_id }) => customer_id === customer);
    const inside = members.filter((member) => member.named).map(({ profile_id }) => profile_id);
    return splitOne(inside, customer === null ? inside : members.map(({ profile_id }) => profile_id));
  });
}

function splitOne(profiles: readonly string[], customer: readonly string[]): Assertion[] {
  const split = splitAssertions(profiles, customer);
  if (split.length > 0) return split;
  const message = `profiles: "${profiles[0]}" is a customer of its own already: there is nothing to split it from`;
  throw new HubError('NOTHING_TO_SPLIT', message, { field: 'profiles' });
}

function assertedRows(assertions: readonly Assertion[]) {
  const { profile_a, profile_b, kind } = lakeTables.identity_assertions;
  const columns = {
    profile_a: assertions.map(({ profileA }) => profileA),
    profile_b: assertions.map(({ profileB }) => profileB),
    kind: assertions.map((one) => one.kind),
  };
  return { columns: { profile_a, profile_b, kind }, batches: [{ rows: assertions.length, columns }] };
}

/** All that is said at once has one number, after those of what was said before. */
function numbered({ author, reason }: AssertionQuestion, at: number, { timestampOf }: LakeDialect): string {
  return `SELECT (SELECT coalesce(max(sequence), 0) + 1 FROM identity_assertions) AS sequence, profile_a, profile_b, kind,
  ${literal(author)} AS author, ${literal(reason)} AS reason, ${timestampOf(String(Math.round(at)))} AS asserted_at
FROM asserted`;
}
