import { HubError } from '../core/errors';
import type { GraphChange } from '../core/graph/elements';
import { NO_FIRES, addFires, firesOf } from '../core/milestones/fires';
import { readCompletions } from '../core/milestones/gremlin/read-completions';
import { LEFT_BEHIND, PERFORMERS, busierThan } from '../core/milestones/gremlin/reaction-gremlin';
import {
  lookByJourneys,
  lookedAt,
  type CustomerJourney,
  type Known,
  type LookedAt,
  type Looks,
} from '../core/milestones/look';
import { touchedBy } from '../core/milestones/touched';
import type { MilestoneTrigger } from '../core/milestones/trigger';
import { TriggerIndex } from '../core/milestones/trigger-index';
import type { Graph } from '../ports/graph';
import type { TriggerStore } from '../ports/trigger-store';
import { CUSTOMERS_TOGETHER, journeysOf, knownOf, writeChanges } from './journeys-in-graph';
import { inLanes } from './lanes';
import { slices } from '../core/slices';

export interface Reaction {
  readonly looks: number;
  readonly reached: number;
  readonly retracted: number;
  /** Customers whose milestones the graph refused, and why the last of them. */
  readonly failed: number;
  readonly lastError: string | undefined;
}

/** When journeys are read rather than stored queries run. */
export interface ReactionLimits {
  /** So few looks run their stored queries; of more, what customers did is read many customers at a time. */
  readonly queries: number;
  /**
   * Customers with more events have their journeys read, too. A stored query compares moments with moments, 6 µs each on
   * one core: half a second with 600 events of two steps, a minute with 6,000.
   */
  readonly events: number;
}

const LIMITS: ReactionLimits = { queries: 24, events: 300 };
/** Ids in one request. */
const IDS = 1_000;
/** When to look again at what the graph refused, in milliseconds: what is due now would be looked at without end. */
const REFUSED_AGAIN_MS = 10 * 60 * 1_000;
/** Queries under way at a time. */
const LANES = 3;

/** Keeps the milestones in the graph true as it changes. */
export class MilestoneReaction {
  private index = new TriggerIndex([]);
  private revision = -1;

  constructor(
    private readonly graph: Graph,
    private readonly store: TriggerStore,
    private readonly most = LIMITS,
  ) {}

  /** Takes notice of stored queries that became active or retired. */
  async refresh(signal?: AbortSignal): Promise<void> {
    const revision = await this.store.revision(signal);
    if (revision === this.revision) return;
    this.index = new TriggerIndex(await this.store.active(signal));
    this.revision = revision;
  }

  /** Which milestones of whom changes of the graph may have made others; adds them to those that are to be looked at. */
  async gather(changes: readonly GraphChange[], looks: Looks, signal?: AbortSignal): Promise<void> {
    if (this.index.triggers.length === 0) return;
    const touched = touchedBy(changes, (type) => this.index.wokenBy(type).length > 0);
    for (const customer of touched.customers) {
      for (const { milestone } of this.index.triggers) addLook(looks, customer, milestone);
    }
    for (const [customer, types] of touched.milestones) for (const type of types) this.wake(looks, customer, type);
    for (const events of slices([...touched.events], IDS)) {
      const found = await this.graph.query(PERFORMERS, { events }, signal);
      for (const row of found as ReadonlyMap<string, unknown>[]) {
        const former = touched.formerTypes.get(String(row.get('id'))) ?? [];
        for (const type of [String(row.get('type')), ...former]) {
          for (const customer of row.get('customers') as string[]) this.wake(looks, customer, type);
        }
      }
    }
    await this.removeLeftBehind([...touched.moved], signal);
  }

  /** Adds what is due without anything having happened. */
  async gatherDue(now: number, limit: number, looks: Looks, signal?: AbortSignal): Promise<void> {
    const due = await this.store.due(now, limit, signal);
    // Of a milestone that is no more nothing is awaited.
    const gone = due.filter(({ milestone }) => this.index.named(milestone) === undefined);
    if (gone.length > 0) {
      const never = gone.map((look) => ({ ...look, dueAt: undefined }));
      await this.store.setDue(never, signal);
    }
    for (const { customerId, milestone } of due) addLook(looks, customerId, milestone);
  }

  /**
   * Looks at milestones of customers, and makes them in the graph what they are.
   *
   * @param asOf epoch milliseconds
   * @param since when the first change was made that they follow from, in epoch milliseconds
   */
  async react(looks: Looks, asOf: number, since?: number, signal?: AbortSignal): Promise<Reaction> {
    const results: LookedAt[] = [];
    const errors: string[] = [];
    const byQueries = [...looks.values()].reduce((sum, names) => sum + names.size, 0) <= this.most.queries;
    for (const part of byQueries ? this.inLevels(looks) : slices([...looks], CUSTOMERS_TOGETHER)) {
      results.push(...(await this.attempt(part, { byQueries, asOf, signal }, errors)));
    }
    const fires = firesOf(results, since === undefined ? 0 : Date.now() - since);
    await this.store.noteFires(asOf, fires, signal);
    const { looks: count, reached, retracted } = [...fires.values()].reduce(addFires, NO_FIRES);
    return { looks: count, reached, retracted, failed: errors.length, lastError: errors.at(-1) };
  }

  /** What a milestone is evidenced by must be in the graph when its query runs: what it is made of is looked at before. */
  private inLevels(looks: Looks): CustomerLooks[][] {
    return this.index.inLevels(new Set([...looks.values()].flatMap((names) => [...names]))).map((level) =>
      [...looks].flatMap(([customer, names]) => {
        const own = level.filter((name) => names.has(name));
        return own.length === 0 ? [] : [[customer, new Set(own)] as const];
      }),
    );
  }

  /**
   * Looks at some, and writes what comes of it. Where the graph refuses it, since another changed it in between, each is
   * looked at again by itself; who is refused then is looked at some time later, and does not stop the rest.
   */
  private async attempt(part: readonly CustomerLooks[], how: HowToLook, errors: string[]): Promise<LookedAt[]> {
    try {
      return await this.lookAt(new Map(part), how);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'GRAPH_LOAD_FAILED') throw error;
      if (how.isLastAttempt === true) {
        const [customerId, names] = part[0]!;
        errors.push(`${customerId}: ${error.message}`);
        const dueAt = how.asOf + REFUSED_AGAIN_MS;
        const again = [...names].map((milestone) => ({ customerId, milestone, dueAt }));
        await this.store.setDue(again, how.signal);
        return [];
      }
      const results: LookedAt[] = [];
      for (const one of part) results.push(...(await this.attempt([one], { ...how, isLastAttempt: true }, errors)));
      return results;
    }
  }

  private async lookAt(looks: Looks, { byQueries, asOf, signal }: HowToLook): Promise<LookedAt[]> {
    const known = await knownOf(this.graph, [...looks.keys()], signal);
    const busy = byQueries ? await this.busyAmong(looks, signal) : looks;
    const others: Looks = new Map([...looks].filter(([customer]) => !busy.has(customer)));
    const results = [
      ...(await this.byQueries(others, known, asOf, signal)),
      ...lookByJourneys(this.index, busy, known, await this.journeysOf(busy, signal), { asOf }),
    ];
    await this.write(results, signal);
    return results;
  }

  private async busyAmong(looks: Looks, signal?: AbortSignal): Promise<Looks> {
    const busy = new Set(
      await this.graph.query(busierThan(this.most.events), { customers: [...looks.keys()] }, signal),
    );
    return new Map([...looks].filter(([customer]) => busy.has(customer)));
  }

  private wake(looks: Looks, customer: string, type: string): void {
    for (const { milestone } of this.index.wokenBy(type)) addLook(looks, customer, milestone);
  }

  /** By the stored query of every milestone, anchored at the customer. */
  private async byQueries(looks: Looks, known: Known, asOf: number, signal?: AbortSignal): Promise<LookedAt[]> {
    return inLanes(this.triggersOf(looks), LANES, async ({ customer, trigger }) => {
      const completions = readCompletions(await this.graph.query(trigger.traversal, { customer }, signal));
      return lookedAt(trigger, customer, completions, known, { asOf });
    });
  }

  private async journeysOf(looks: Looks, signal?: AbortSignal): Promise<Map<string, CustomerJourney>> {
    if (looks.size === 0) return new Map();
    const asked = new Set(this.triggersOf(looks).map(({ trigger }) => trigger));
    return journeysOf(this.graph, [...asked], [...looks.keys()], signal);
  }

  private triggersOf(looks: Looks): { readonly customer: string; readonly trigger: MilestoneTrigger }[] {
    return [...looks].flatMap(([customer, names]) =>
      [...names].flatMap((name) => {
        const trigger = this.index.named(name);
        return trigger === undefined ? [] : [{ customer, trigger }];
      }),
    );
  }

  private async write(results: readonly LookedAt[], signal?: AbortSignal): Promise<void> {
    await writeChanges(
      this.graph,
      results.flatMap(({ changes }) => changes),
      signal,
    );
    await this.store.setDue(
      results.map(({ customerId, milestone, nextDue }) => ({ customerId, milestone, dueAt: nextDue })),
      signal,
    );
  }

  /** Milestones of customers who are no more since others took over their profiles. */
  private async removeLeftBehind(moved: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const profiles of slices(moved, IDS)) {
      const ids = (await this.graph.query(LEFT_BEHIND, { profiles }, signal)) as string[];
      await writeChanges(
        this.graph,
        ids.map((id) => ({ kind: 'remove-vertex', id })),
        signal,
      );
    }
  }
}

type CustomerLooks = readonly [customer: string, milestones: Set<string>];

interface HowToLook {
  /** Whether by the stored queries, or by journeys that are read. */
  readonly byQueries: boolean;
  readonly asOf: number;
  readonly signal: AbortSignal | undefined;
  readonly isLastAttempt?: boolean;
}

function addLook(looks: Looks, customer: string, milestone: string): void {
  const names = looks.get(customer) ?? new Set();
  looks.set(customer, names.add(milestone));
}
