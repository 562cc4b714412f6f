import type { Milestone } from '../core/milestones/milestone';
import { milestonesWithin } from '../core/milestones/pattern';
import { elementsPerMilestone, mostReached, type JourneyCounts } from '../core/milestones/reach-estimate';
import { dryRunSql } from '../core/milestones/sql/recompute-sql';
import type { Lake, ReadOptions } from '../ports/lake';

/** How much there is of what milestones are reached by. */
export interface JourneyMeasures {
  readonly counts: JourneyCounts;
  /** By milestone that is not asked for before those that are made of it, how often it is reached. */
  readonly parts?: ReadonlyMap<string, number>;
  /** How often the last of some milestones is reached, which is made of the others. */
  readonly count: (milestones: readonly Milestone[]) => Promise<number>;
}

/** Tells, before anything is written, which milestones would be more than the graph should hold. */
export class MilestoneSizes {
  /** By milestone, how often it is reached at most. */
  private readonly estimates: Map<string, number>;

  /** @param mostElements vertices and edges that one milestone may be in the graph */
  constructor(
    private readonly journeys: JourneyMeasures,
    private readonly mostElements: number,
  ) {
    this.estimates = new Map(journeys.parts);
  }

  /**
   * Why a milestone is too much, if it is. Only where an estimate that is cheap is too high it is counted.
   *
   * @param others those that it may be made of, each after its own parts; they were asked for before
   */
  async excessOf(milestone: Milestone, others: readonly Milestone[]): Promise<string | undefined> {
    const { spec } = milestone;
    const { mostElements } = this;
    const each = elementsPerMilestone(spec);
    let reached = mostReached(spec, this.journeys.counts, this.estimates);
    if (reached * each > mostElements) reached = await this.journeys.count(withParts(milestone, others));
    this.estimates.set(spec.name, reached);
    if (reached * each <= mostElements) return undefined;
    return `steps.${spec.steps.length - 1}: it is reached ${reached} times, which is about ${reached * each} vertices and edges where milestones.mostElements in hub.yaml allows ${mostElements}; give it a coolDown, or its last step conditions`;
  }
}

/** A milestone after all that it is made of, by way of others too. */
function withParts(milestone: Milestone, others: readonly Milestone[]): Milestone[] {
  const parts = new Set(milestonesWithin(milestone.spec));
  const needed = [...others].reverse().filter(({ spec }) => {
    if (!parts.has(spec.name)) return false;
    for (const part of milestonesWithin(spec)) parts.add(part);
    return true;
  });
  return [...needed.reverse(), milestone];
}

/**
 * How much there is in the journeys of the lake.
 *
 * @param codes their alphabet
 * @param asOf epoch milliseconds
 */
export async function measuredInLake(
  lake: Lake,
  codes: ReadonlyMap<string, number>,
  asOf: number,
  read: ReadOptions,
): Promise<JourneyMeasures> {
  return {
    counts: await countsOf(lake, read),
    count: async (milestones) => {
      const computed = milestones.map((milestone) => ({ ...milestone, basis: '' }));
      const sql = dryRunSql({ computed, kept: [], retired: [], codes, asOf, batch: '' }, lake.dialect);
      const rows = await lake.rows<{ milestone: string; reached: number }>(sql, read);
      return rows.find(({ milestone }) => milestone === milestones.at(-1)!.spec.name)!.reached;
    },
  };
}

async function countsOf(lake: Lake, read: ReadOptions): Promise<JourneyCounts> {
  const {
    words: { last },
    milestones: { eachOf, item },
  } = lake.dialect;
  const events = await lake.rows<{ type: string; events: number }>(
    `SELECT type, CAST(count(*) AS DOUBLE) AS events FROM (${eachOf('word', 'code', 'customer_id', 'journeys')}) AS letters
JOIN steps ON steps.code = letters.code GROUP BY type`,
    read,
  );
  const [all] = await lake.rows<{ customers: number; span: number | null }>(
    `SELECT CAST(count(*) AS DOUBLE) AS customers,
  CAST(max(${last('times')}) - min(${item('times', 1)}) AS DOUBLE) AS span FROM journeys`,
    read,
  );
  return {
    events: new Map(events.map((row) => [row.type, row.events])),
    customers: all?.customers ?? 0,
    spanMs: all?.span ?? 0,
  };
}
