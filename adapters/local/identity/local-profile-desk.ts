import { DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { DeterministicResolver } from '../../../core/identity/index/deterministic-resolver';
import { markKnownRarity } from '../../../core/identity/records/known-rarities';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import { Nicknames } from '../../../core/identity/records/nicknames';
import { recordsSql } from '../../../core/identity/records/linkage-sql';
import { ProfileResolver } from '../../../core/identity/index/profile-resolver';
import type { RecordIndex } from '../../../core/identity/index/record-index';
import { identifier } from '../../../core/sql/quote';
import { didYouMean } from '../../../core/text/closest-name';
import type { ProfileDesk } from '../../../ports/profile-desk';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';
import { readModelFolder } from './model-folder';
import { writeRecords } from './few-records';

/** Profiles that are normalised by one statement: a statement takes two milliseconds, whether for one or for many. */
const MOST_AT_ONCE = 32;

interface Waiting {
  readonly question: ProfileQuestion;
  readonly resolve: (answer: ProfileAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers from a model and an index in memory. Profiles are normalised by the very SQL that normalises files; those that
 * come in while it runs wait, and go together with the next statement.
 */
export class LocalProfileDesk implements ProfileDesk {
  private readonly waiting: Waiting[] = [];
  /** Ends when no question waits any more; absent when none does. */
  private working: Promise<void> | undefined;
  private readonly probabilistic: ProfileResolver;
  private readonly deterministic: DeterministicResolver;
  private readonly nicknames: Nicknames;
  private readonly columns: readonly string[];

  private constructor(
    private readonly linkage: LinkageModel,
    private readonly index: RecordIndex,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly statement: DuckDBPreparedStatement,
  ) {
    this.columns = linkage.settings.fields.map(({ column }) => column);
    this.probabilistic = new ProfileResolver(index, linkage);
    this.deterministic = new DeterministicResolver(index, linkage.settings);
    this.nicknames = new Nicknames(linkage.settings.nicknames);
  }

  /**
   * Reads a model with its index.
   *
   * @throws HubError those of `readModelFolder`
   */
  static async open(folder: string): Promise<LocalProfileDesk> {
    const { linkage, index } = await readModelFolder(folder, MOST_AT_ONCE);
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '200MB' });
    const connection = await instance.connect();
    const { fields } = linkage.settings;
    const columns = fields.map(({ column }, field) => `profile[${field + 1}] AS ${identifier(column)}`);
    const profiles = `(SELECT ${columns.join(', ')} FROM (SELECT unnest($1::VARCHAR[][]) AS profile)) AS profiles`;
    const statement = await connection.prepare(recordsSql(profiles, linkage.settings));
    return new LocalProfileDesk(linkage, index, instance, connection, statement);
  }

  resolve(question: ProfileQuestion): Promise<ProfileAnswer> {
    return new Promise((resolve, reject) => {
      this.refuse(question);
      this.waiting.push({ question, resolve, reject });
      this.working ??= this.work();
    });
  }

  /** Closes when what was asked is answered. */
  async close(): Promise<void> {
    await this.working;
    this.statement.destroySync();
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private refuse({ profile, method }: ProfileQuestion): void {
    const unknown = Object.keys(profile).find((column) => !this.columns.includes(column));
    if (unknown !== undefined) {
      const field = `profile.${unknown}`;
      const message = `${field}: the model has no column "${unknown}"${didYouMean(unknown, this.columns)}; it knows ${this.columns.join(', ')}`;
      throw new HubError('COLUMN_UNKNOWN', message, { field });
    }
    if (method === 'deterministic' && !this.deterministic.hasRules) {
      const message =
        'method: the model has no deterministic rules; name them in settings.deterministic, and train again';
      throw new HubError('METHOD_UNAVAILABLE', message, { field: 'method' });
    }
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await this.read(batch.map(({ question }) => question));
        batch.forEach(({ question, resolve }, place) => resolve(this.answer(question, this.index.slots + place)));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    this.working = undefined;
  }

  /** Writes profiles, normalised, into the slots behind the index. */
  private async read(questions: readonly ProfileQuestion[]): Promise<void> {
    const { slots, compared } = this.index;
    const rows = questions.map(({ profile }) => listValue(this.columns.map((column) => textOf(profile[column]))));
    this.statement.bindList(1, listValue(rows), LIST(LIST(VARCHAR)));
    const chunk = (await this.statement.run()).getChunk(0);
    writeRecords(compared.table, chunk, slots, this.nicknames);
    markKnownRarity(compared.table, this.linkage.rarities, slots, slots + rows.length);
  }

  private answer({ method }: ProfileQuestion, slot: number): ProfileAnswer {
    if (method === 'probabilistic') return { method, ...this.probabilistic.resolve(slot) };
    const match = this.deterministic.find(slot);
    if (match === undefined) return { method, customerId: null, probability: null, evidence: [] };
    const customer = this.probabilistic.customerOf(match.slots);
    const own = match.slots.filter((other) => this.index.customers[other] === customer);
    return {
      method,
      customerId: this.index.names.at(customer),
      probability: 1,
      rule: match.rule,
      evidence: this.probabilistic.evidenceFor(slot, own),
    };
  }
}

function textOf(value: ProfileQuestion['profile'][string] | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
