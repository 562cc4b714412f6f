import type { Properties } from '../../../core/graph/elements';
import type { NeptuneSession } from './neptune-session';

/** The label of vertices that are no part of the customer journey graph: how far named loads are. */
export const LOAD_LABEL = 'HubLoad';

const LOAD_PREFIX = 'hub:load:';

/** How far a load has come. */
export interface LoadProgress {
  readonly done: number;
  readonly finished: boolean;
}

/** What is to be written of it. */
export interface LoadMarker {
  readonly id: string;
  readonly label: string;
  readonly properties: Properties;
}

export function isLoadMarker(id: string): boolean {
  return id.startsWith(LOAD_PREFIX);
}

/**
 * The note of how far a load is. It is written with the changes that it counts or after them, never before: what is cut
 * off in between is applied again, which changes nothing, as every change is an upsert by id or a removal.
 */
export function loadMarker(key: string, { done, finished }: LoadProgress): LoadMarker {
  return { id: `${LOAD_PREFIX}${key}`, label: LOAD_LABEL, properties: { done: BigInt(done), finished } };
}

/** How far a load is; undefined for one that was never begun. */
export async function readLoadProgress(
  session: NeptuneSession,
  key: string,
  signal?: AbortSignal,
): Promise<LoadProgress | undefined> {
  const [found] = await session.query<Map<unknown, unknown>>((g) => g.V(`${LOAD_PREFIX}${key}`).elementMap(), {
    signal,
  });
  if (found === undefined) return undefined;
  return { done: Number(found.get('done')), finished: found.get('finished') === true };
}
