import { sub, type Traversal } from '../core/graph/traversal';
import type { Completion } from '../core/milestones/evaluate';
import type { Milestone } from '../core/milestones/milestone';
import { contentOf } from '../core/milestones/milestone-elements';
import { milestoneId, milestoneKeyOf } from '../core/milestones/milestone-id';
import { evidenceCountsSql } from '../core/milestones/sql/evidence-sql';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import type { MilestoneSpec } from '../schemas/milestone';

export interface WantedMilestone {
  readonly customerId: string;
  readonly reachedAt: number;
  readonly completion: Completion;
}

/** What a computation in the lake and the graph say differently of a milestone. */
export interface MilestoneDifference {
  /** By the id of the vertex: what the graph lacks, or has otherwise. */
  readonly missing: ReadonlyMap<string, WantedMilestone>;
  /** Ids of those among them that the graph has otherwise. */
  readonly stale: ReadonlySet<string>;
  /** Ids of vertices that are not in the lake. */
  readonly wrong: readonly string[];
  /** Ids of others that were reached since it was computed: an absence has passed meanwhile. */
  readonly later: readonly string[];
}

/** What the graph knows of a milestone. */
interface KnownContent {
  readonly content: string;
  /** By how many events it is evidenced. */
  readonly evidence: number;
}

const KNOWN: (name: string) => Traversal = (name) => [
  ['V'],
  ['hasLabel', 'Milestone'],
  ['has', 'name', name],
  ['project', 'id', 'content', 'evidence'],
  ['by', { token: 'id' }],
  ['by', sub(['values', 'content'])],
  ['by', sub(['outE', 'EVIDENCED_BY'], ['count'])],
];

async function knownOf(graph: Graph, name: string, read: ReadOptions): Promise<Map<string, KnownContent>> {
  const found = (await graph.query(KNOWN(name), {}, read.signal)) as ReadonlyMap<string, unknown>[];
  return new Map(
    found.map((row) => [
      String(row.get('id')),
      { content: String(row.get('content')), evidence: Number(row.get('evidence')) },
    ]),
  );
}

/** Of a milestone that is no more, all are wrong. */
export async function allWrong(graph: Graph, name: string, read: ReadOptions): Promise<MilestoneDifference> {
  const known = await knownOf(graph, name, read);
  return { missing: new Map(), stale: new Set(), wrong: [...known.keys()], later: [] };
}

export async function differenceOf(
  lake: Lake,
  graph: Graph,
  { spec }: Milestone,
  asOf: number,
  read: ReadOptions,
): Promise<MilestoneDifference> {
  const { name } = spec;
  const known = await knownOf(graph, name, read);
  const evidence = known.size === 0 ? undefined : await evidenceCounts(lake, spec, read);
  const missing = new Map<string, WantedMilestone>();
  const stale = new Set<string>();
  const sql = `SELECT customer_id, version, CAST(${lake.dialect.milestones.epochMs('reached_at')} AS DOUBLE) AS reached_at,
  ${lake.dialect.words.json('step_times')} AS step_times
FROM milestones WHERE milestone = $name`;
  for await (const { rows, columns } of lake.stream(sql, { ...read, parameters: { name } })) {
    for (let row = 0; row < rows; row++) {
      const customerId = String(columns['customer_id']![row]);
      const reachedAt = Number(columns['reached_at']![row]);
      const completion = completionOf(String(columns['step_times']![row]));
      const id = milestoneId(name, customerId, reachedAt);
      const before = known.get(id);
      known.delete(id);
      const isSame = before?.content === contentOf(String(columns['version']![row]), completion);
      if (isSame && before.evidence === evidence?.get(id)) continue;
      missing.set(id, { customerId, reachedAt, completion });
      if (before !== undefined) stale.add(id);
    }
  }
  const isLater = (id: string) => milestoneKeyOf(id).reachedAt > asOf;
  const others = [...known.keys()];
  return { missing, stale, wrong: others.filter((id) => !isLater(id)), later: others.filter(isLater) };
}

/** By how many events each of a milestone is evidenced: something may have happened in the same millisecond since. */
async function evidenceCounts(lake: Lake, spec: MilestoneSpec, read: ReadOptions): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { rows, columns } of lake.stream(evidenceCountsSql(spec, lake.dialect.milestones), read)) {
    for (let row = 0; row < rows; row++) {
      const id = milestoneId(spec.name, String(columns['customer_id']![row]), Number(columns['reached_at']![row]));
      counts.set(id, Number(columns['events']![row]));
    }
  }
  return counts;
}

/** The list of times as the lake tells it, `[1,2,null,null]`, as steps. */
function completionOf(list: string): Completion {
  const times = JSON.parse(list) as (number | null)[];
  return times.flatMap((from, index) =>
    index % 2 === 1 || from === null ? [] : [{ step: index / 2, from, at: times[index + 1]! }],
  );
}
