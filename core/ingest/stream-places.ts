import type { StreamShard, StreamStart } from '../../ports/event-stream';

/** How far a shard has been read: up to a record, or to its end. */
export type ShardPlace = { readonly position: string } | { readonly isRead: true };

/** How far the shards of a stream have been read, by shard. One that is not in it was never read. */
export type StreamPlaces = Readonly<Record<string, ShardPlace>>;

export function isRead(place: ShardPlace | undefined): boolean {
  return place !== undefined && 'isRead' in place;
}

/**
 * The shards that may be read: those not read to their end whose parents have been, so that what happened to one person comes
 * in its order across a split or a merge. A parent that the stream no longer has holds up nothing.
 */
export function readableShards(shards: readonly StreamShard[], places: StreamPlaces): StreamShard[] {
  const listed = new Set(shards.map(({ id }) => id));
  const isDone = (parent: string) => !listed.has(parent) || isRead(places[parent]);
  return shards.filter(({ id, parents }) => !isRead(places[id]) && parents.every(isDone));
}

/** Without the shards that the stream has forgotten: places do not grow for ever. */
export function knownPlaces(shards: readonly StreamShard[], places: StreamPlaces): StreamPlaces {
  const listed = new Set(shards.map(({ id }) => id));
  return Object.fromEntries(Object.entries(places).filter(([id]) => listed.has(id)));
}

/**
 * Where to go on in a shard. One that was never read begins where the stream was begun; but all is wanted of a child of a
 * shard that was read to its end, since it came later.
 */
export function placeOf(
  shard: StreamShard,
  places: StreamPlaces,
  start: StreamStart,
): { position: string } | StreamStart {
  const place = places[shard.id];
  if (place !== undefined && 'position' in place) return place;
  return shard.parents.some((parent) => isRead(places[parent])) ? 'oldest' : start;
}
