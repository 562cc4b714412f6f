import { createHash, randomUUID } from 'node:crypto';
import { HubError } from '../core/errors';
import {
  answeredElements,
  correctedElements,
  readGraphProfile,
  readSources,
  SOURCES,
  UNRESOLVED,
  type AnsweredProfile,
  type Decided,
  type GraphProfile,
} from '../core/identity/resolution/answers';
import { answerColumns, answeredOfSql, decidedSql, keepAnswers } from '../core/identity/resolution/answers-sql';
import type { GraphChange } from '../core/graph/elements';
import type { Graph } from '../ports/graph';
import type { Lake } from '../ports/lake';
import type { ProfileDesk } from '../ports/profile-desk';
import type { IdentitySettings } from '../schemas/identity';
import type { ProfileAnswer, ResolutionMethod } from '../schemas/model-server';
import { inLanes } from './lanes';
import { slices } from '../core/slices';

/** Ids in one request to the graph. */
const IDS = 1_000;
/** Questions under way at a time. */
const LANES = 16;

export interface ProfileIdentifierPorts {
  readonly graph: Graph;
  readonly lake: Pick<Lake, 'commit' | 'dialect' | 'rows'>;
  readonly profiles: ProfileDesk;
}

/**
 * Tells whose profiles are as they come to be known, long before the night: each that no resolution has tied is taken to
 * the resolver, and the answer is put into graph and lake. The next resolution, which sees all of them together, confirms it
 * or decides otherwise. Asking again changes nothing.
 */
export class ProfileIdentifier {
  private readonly uniqueSources: ReadonlySet<string>;

  constructor(
    private readonly ports: ProfileIdentifierPorts,
    { probabilistic }: Pick<IdentitySettings, 'probabilistic'>,
  ) {
    this.uniqueSources = new Set(probabilistic.uniquePerSource);
  }

  /**
   * @param ids of profiles that are new or have changed
   * @param now epoch milliseconds
   * @returns how many were given to a customer, or to another than before
   */
  async identify(ids: Iterable<string>, now: number, signal?: AbortSignal): Promise<number> {
    const open: GraphProfile[] = [];
    for (const profiles of slices([...ids], IDS)) {
      const rows = await this.ports.graph.query(UNRESOLVED, { profiles }, signal);
      open.push(...(rows as ReadonlyMap<string, unknown>[]).map(readGraphProfile));
    }
    // The graph learns of what a resolution decided only after the lake has it.
    const decided = await this.decided(open, signal);
    const undecided = open.filter(({ id }) => !decided.has(id));
    let identified = 0;
    for (const profiles of slices(undecided, IDS)) {
      const answers = await this.answer(profiles, signal);
      await this.keep(answers, now, signal);
      await this.load(answeredElements(answers), signal);
      await this.correct(answers, signal);
      identified += answers.filter(({ profile, customer }) => profile.customer !== customer).length;
    }
    return identified;
  }

  /**
   * Profiles that were given to customers who are no more, as after a resolution that made two of them one: the graph lost
   * their ties, and they are to be asked for again.
   *
   * @param removed ids of vertices, customers among them
   */
  async leftBehind(removed: Iterable<string>, signal?: AbortSignal): Promise<string[]> {
    const left: string[] = [];
    for (const some of slices([...removed], IDS)) {
      const sql = answeredOfSql(some, this.ports.lake.dialect);
      const rows = await this.ports.lake.rows<{ profile_id: string }>(sql, signal === undefined ? {} : { signal });
      left.push(...rows.map(({ profile_id }) => profile_id));
    }
    return left;
  }

  /** What a resolution has decided of profiles, by their ids. */
  private async decided(profiles: readonly GraphProfile[], signal?: AbortSignal): Promise<Map<string, Decided>> {
    const found = new Map<string, Decided>();
    for (const some of slices(profiles, IDS)) {
      const sql = decidedSql(some.map(({ id }) => id));
      const rows = await this.ports.lake.rows<Decided>(sql, signal === undefined ? {} : { signal });
      for (const row of rows) found.set(row.profile_id, row);
    }
    return found;
  }

  /** A resolution that ended while answers were written knew nothing of them: what it decided holds. */
  private async correct(answers: readonly AnsweredProfile[], signal?: AbortSignal): Promise<void> {
    const profiles = answers.map(({ profile }) => profile);
    await this.load(correctedElements(answers, await this.decided(profiles, signal)), signal);
  }

  private async answer(profiles: readonly GraphProfile[], signal?: AbortSignal): Promise<AnsweredProfile[]> {
    const asked = await inLanes(profiles, LANES, async (profile) => ({ profile, found: await this.ask(profile) }));
    const concerned = asked.flatMap(({ profile, found }) => [profile.customer, found?.customerId]);
    const customers = new Set(concerned.filter((customer) => typeof customer === 'string'));
    const sources = await this.sourcesOf([...customers], signal);
    // What there is no model for is left to the night.
    return asked.flatMap(({ profile, found }) => (found === undefined ? [] : [this.answered(profile, found, sources)]));
  }

  private async sourcesOf(customers: readonly string[], signal?: AbortSignal): Promise<ReturnType<typeof readSources>> {
    // Without ids, a traversal would be about everything.
    if (customers.length === 0) return new Map();
    const rows = await this.ports.graph.query(SOURCES, { customers }, signal);
    return readSources(rows as ReadonlyMap<string, unknown>[]);
  }

  /** By the rules, then by the model; undefined while there is none. */
  private async ask({ fields }: GraphProfile): Promise<ProfileAnswer | undefined> {
    const ask = (method: ResolutionMethod) => this.ports.profiles.resolve({ profile: { ...fields }, method });
    try {
      const byRule = await ask('deterministic').catch(ifCode('METHOD_UNAVAILABLE'));
      return typeof byRule?.customerId === 'string' ? byRule : await ask('probabilistic');
    } catch (error) {
      return ifCode(...NOT_NOW)(error);
    }
  }

  private answered(
    profile: GraphProfile,
    { method, customerId, probability, rule, evidence }: ProfileAnswer,
    sources: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ): AnsweredProfile {
    const { id, customer: before } = profile;
    const leaves = before !== undefined && sources.get(before)?.size === 1;
    const isTold = customerId !== null && sources.has(customerId);
    const isFree = method === 'deterministic' || !this.isKnownTo(profile, sources.get(customerId ?? ''));
    if (!isTold || !isFree) {
      return { profile, leaves, customer: before ?? freshCustomer(id), rule: 'alone', confidence: 1, evidence: [] };
    }
    const told = method === 'deterministic' ? `deterministic: ${rule}` : method;
    return { profile, leaves, customer: customerId, rule: told, confidence: probability ?? 1, evidence };
  }

  /** Whether a source that knows every person once knows the customer by another profile. */
  private isKnownTo({ id, source }: GraphProfile, profiles: ReadonlyMap<string, string> | undefined): boolean {
    if (!this.uniqueSources.has(source)) return false;
    return [...(profiles ?? [])].some(([other, its]) => other !== id && its === source);
  }

  /** Before the graph has them: a resolution's load that comes between sees whose the graph says that they are. */
  private async keep(answers: readonly AnsweredProfile[], now: number, signal?: AbortSignal): Promise<void> {
    if (answers.length === 0) return;
    const columns = {
      profile_id: answers.map(({ profile }) => profile.id),
      customer_id: answers.map(({ customer }) => customer),
      rule: answers.map(({ rule }) => rule),
      confidence: answers.map(({ confidence }) => confidence),
      evidence: answers.map(({ evidence }) => JSON.stringify(evidence)),
    };
    const key = `answers:${createHash('sha256').update(JSON.stringify(columns)).digest('hex')}`;
    const given = { columns: answerColumns, batches: [{ rows: answers.length, columns }] };
    const commit = { key, inputs: { answers: given }, writes: [keepAnswers(now, this.ports.lake.dialect)] };
    await this.ports.lake.commit(commit, signal === undefined ? {} : { signal });
  }

  /** What is written depends on what the graph has now: each time is a load of its own. */
  private async load(changes: readonly GraphChange[], signal?: AbortSignal): Promise<void> {
    if (changes.length === 0) return;
    const batches = (async function* () {
      yield changes;
    })();
    const options = signal === undefined ? {} : { signal };
    const key = `identified:${randomUUID()}`;
    await this.ports.graph.load({ key, changes: batches }, { path: 'upsert', ...options });
  }
}

/** Errors that say that nobody can be asked now: the night decides. */
const NOT_NOW = ['MODEL_MISSING', 'MODEL_VERSION', 'MODEL_INVALID', 'INDEX_MISSING', 'INDEX_STALE', 'INDEX_INVALID'];

function ifCode(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof HubError) || !codes.includes(error.code)) throw error;
  };
}

/** The id that a resolution gives to a customer whose oldest profile this is. */
function freshCustomer(profile: string): string {
  return `c-${createHash('md5').update(profile).digest('hex').slice(0, 16)}`;
}
