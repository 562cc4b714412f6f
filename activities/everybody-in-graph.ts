import { customersAfter } from '../core/milestones/gremlin/everybody-gremlin';
import { lookByJourneys, type LookedAt, type Looks } from '../core/milestones/look';
import type { Milestone } from '../core/milestones/milestone';
import type { Judgement } from '../core/milestones/reconcile';
import { triggerOf, type MilestoneTrigger } from '../core/milestones/trigger';
import { TriggerIndex } from '../core/milestones/trigger-index';
import type { Graph } from '../ports/graph';
import { CUSTOMERS_TOGETHER, journeysOf, knownOf } from './journeys-in-graph';
import type { ComputedMilestone } from './milestone-runs';
import { slices } from '../core/slices';

/** How many customers are dealt with at a time. */
export interface CustomerPages {
  /** Ids in one request. Each looks through all vertices, so that few requests cost less than many. */
  readonly ids: number;
  /** Journeys in one request. */
  readonly together: number;
}

const PAGES: CustomerPages = { ids: 50_000, together: CUSTOMERS_TOGETHER };
/** Parts under way at a time: while the graph reads some, others are evaluated. */
const LANES = 2;

/** Milestones of all customers that the graph has, by what it has of them, some customers at a time. */
export class EverybodyInGraph {
  private readonly index: TriggerIndex;
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly graph: Pick<Graph, 'query'>,
    readonly milestones: readonly Milestone[],
    readonly judgement: Judgement,
    readonly signal: AbortSignal,
    private readonly pages = PAGES,
  ) {
    this.index = new TriggerIndex(milestones.map((milestone) => triggerOf(milestone, 0)));
    this.names = new Set(milestones.map(({ spec }) => spec.name));
  }

  /** What comes of looking at all of the milestones of some customers; nothing is written. */
  async look(customers: readonly string[]): Promise<LookedAt[]> {
    // What is known first: what somebody writes meanwhile is written again, which changes nothing.
    const known = await knownOf(this.graph, customers, this.signal);
    const triggers: readonly MilestoneTrigger[] = this.index.triggers;
    const journeys = await journeysOf(this.graph, triggers, customers, this.signal);
    const looks: Looks = new Map(customers.map((customer) => [customer, new Set(this.names)]));
    return lookByJourneys(this.index, looks, known, journeys, this.judgement);
  }

  /** Has something done for all customers, some at a time. */
  async *inParts<T>(work: (customers: readonly string[]) => Promise<T>): AsyncGenerator<T> {
    const { ids: most, together } = this.pages;
    for (let last = ''; ;) {
      const ids = (await this.graph.query(customersAfter(last, most), {}, this.signal)) as string[];
      for (const parts of slices(slices(ids, together), LANES)) {
        this.signal.throwIfAborted();
        yield* await Promise.all(parts.map(work));
      }
      if (ids.length < most) return;
      last = ids.at(-1)!;
    }
  }

  /** How often each milestone is reached, and by how many customers; nothing is written. */
  async counts(): Promise<ComputedMilestone[]> {
    const counts = new Map(this.milestones.map(({ spec }) => [spec.name, { reached: 0, customers: 0 }]));
    if (counts.size === 0) return [];
    for await (const results of this.inParts((customers) => this.look(customers))) {
      for (const { milestone, found } of results) {
        const count = counts.get(milestone)!;
        count.reached += found.length;
        if (found.length > 0) count.customers++;
      }
    }
    return this.milestones.map(({ spec: { name }, version }) => ({ milestone: name, version, ...counts.get(name)! }));
  }
}
