import type { Completion } from '../evaluate';

/** An event, or a milestone, that a step was found by. */
export interface Evidence {
  readonly step: number;
  /** Of the vertex. */
  readonly id: string;
  /** Its type, channel, time and what attributes were asked for. */
  readonly properties: ReadonlyMap<string, unknown>;
}

export interface FoundCompletion {
  readonly completion: Completion;
  readonly evidence: readonly Evidence[];
}

/** What the traversal of a milestone's completions gave, in the order of time. */
export function readCompletions(results: readonly unknown[]): FoundCompletion[] {
  return results
    .map((result) => {
      const found = result as ReadonlyMap<string, unknown>;
      return { completion: chainOf(found.get('chain')), evidence: evidenceOf(found.get('evidence')) };
    })
    .sort((a, b) => a.completion.at(-1)!.at - b.completion.at(-1)!.at);
}

function chainOf(link: unknown): Completion {
  if (!(link instanceof Map)) return [];
  const { step, from, at, before } = Object.fromEntries(link) as Record<string, unknown>;
  return [...chainOf(before), { step: Number(step), from: Number(from), at: Number(at) }];
}

function evidenceOf(list: unknown): Evidence[] {
  return (list as readonly ReadonlyMap<string, unknown>[]).map((item) => {
    const event = item.get('event') as ReadonlyMap<unknown, unknown>;
    const entries = [...event].map(([key, value]): [string, unknown] => [String(key), value]);
    const properties = new Map(entries);
    return { step: Number(item.get('step')), id: String(properties.get('id')), properties };
  });
}
