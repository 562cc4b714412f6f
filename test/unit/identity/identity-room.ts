import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createIdentityActivities, type ResolveIdentitiesResult } from '../../../activities/identity';
import { createCurationActivities } from '../../../activities/identity-curation';
import { LakeResolver } from '../../../adapters/local/identity/lake-resolver';
import { lakeTables } from '../../../core/lake/tables';
import { literal } from '../../../core/sql/quote';
import type { IdentityResolver } from '../../../ports/identity-resolver';
import type { AssertionAnswer, AssertionList } from '../../../schemas/assertions';
import type { CustomerSearchAnswer } from '../../../schemas/customer-search';
import type { CustomerIdentity } from '../../../schemas/customer-identity';
import type { IdentityField, IdentitySettings } from '../../../schemas/identity';
import type { ResolutionPlan } from '../../../schemas/resolution';
import { openTestRoom, type TestRoom } from '../../support/local-room';

/** A profile by its id; the day of January it was seen on orders profiles by age. */
export interface SeenProfile extends Partial<Record<IdentityField, string | null>> {
  readonly id: string;
  readonly day: number;
  readonly source?: string;
}

/** A lake of its own in which profiles are seen and resolved. */
export class IdentityRoom {
  /** What is refused on purpose is not worth a warning. */
  private readonly environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  private said = 0;

  private constructor(private readonly room: TestRoom) {}

  static async open(): Promise<IdentityRoom> {
    return new IdentityRoom(await openTestRoom());
  }

  get folder() {
    return this.room.folder;
  }

  get lake() {
    return this.room.lake;
  }

  close(): Promise<void> {
    return this.room.close();
  }

  async see(...profiles: SeenProfile[]): Promise<void> {
    const batch = literal(`landing-${await this.lake.version()}`);
    const rows = profiles.map(({ id, day, source = 'crm', ...fields }) => {
      const told = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, literal(value)]]));
      const given: Record<string, string> = {
        ...(Object.fromEntries(told) as Record<string, string>),
        batch,
        // What was seen at one time is ordered by file and row.
        file: batch,
        profile_id: literal(id),
        source: literal(source),
        seen_at: literal(`2026-01-${String(day).padStart(2, '0')}`),
        file_row: '1',
      };
      return `(${Object.keys(lakeTables.profiles)
        .map((name) => given[name] ?? 'NULL')
        .join(', ')})`;
    });
    const select = `SELECT * FROM (VALUES ${rows.join(', ')}) AS seen (${Object.keys(lakeTables.profiles).join(', ')})`;
    const key = `see ${batch} ${profiles.map(({ id, day }) => `${id} ${day}`).join()}`;
    await this.lake.commit({ key, writes: [{ table: 'profiles', mode: 'append', select }] });
  }

  resolve(
    identity: IdentitySettings,
    plan: Partial<ResolutionPlan> = {},
    resolver: IdentityResolver = this.resolver(identity),
  ): Promise<ResolveIdentitiesResult> {
    const settings = { timezone: 'Europe/Berlin' };
    const { resolveIdentities } = createIdentityActivities({ lake: this.lake, identity, resolver, settings });
    return this.run(resolveIdentities, { businessDate: '2026-02-01', ...plan });
  }

  /** Keeps model and index beside the lake. */
  resolver(settings: IdentitySettings, folder = join(this.folder, 'identity')): IdentityResolver {
    return new LakeResolver({ lake: this.lake, settings, folder });
  }

  say(kind: 'merge' | 'split', ...profiles: string[]): Promise<AssertionAnswer> {
    const question = { kind, profiles, author: 'ann', reason: `${kind} ${profiles.join()}` };
    const given = { question, at: Date.parse('2026-02-01T10:00:00Z'), id: `said-${++this.said}` };
    return this.run(this.curation().keepAssertion, given);
  }

  assertions(limit?: number): Promise<AssertionList> {
    return this.run(this.curation().listAssertions, { question: limit === undefined ? {} : { limit } });
  }

  explain(customer: string): Promise<CustomerIdentity> {
    return this.run(this.curation().explainIdentity, { question: { customer } });
  }

  find(text: string, limit?: number): Promise<CustomerSearchAnswer> {
    return this.run(this.curation().findCustomers, { question: { text, ...(limit !== undefined && { limit }) } });
  }

  /** Profiles by customer: who is one person. */
  async people(): Promise<string[]> {
    const rows = await this.lake.rows<{ profiles: string }>(
      `SELECT string_agg(profile_id, ' ' ORDER BY profile_id) AS profiles FROM identities GROUP BY customer_id ORDER BY 1`,
    );
    return rows.map(({ profiles }) => profiles);
  }

  async customerOf(profile: string): Promise<string> {
    const sql = `SELECT customer_id FROM identities WHERE profile_id = ${literal(profile)}`;
    return (await this.lake.rows<{ customer_id: string }>(sql))[0]!.customer_id;
  }

  private curation() {
    return createCurationActivities({ lake: this.lake, identity: { country: 'DE' } });
  }

  private async run<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    return (await this.environment.run(activity, input)) as Output;
  }
}
