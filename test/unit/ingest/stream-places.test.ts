import { knownPlaces, placeOf, readableShards } from '../../../core/ingest/stream-places';

const shard = (id: string, ...parents: string[]) => ({ id, parents });
const ids = (shards: readonly { id: string }[]) => shards.map(({ id }) => id);

describe('the shards that may be read', () => {
  const split = [shard('a'), shard('b', 'a'), shard('c', 'a')];

  it('are those whose parents were read to their end', () => {
    expect(ids(readableShards(split, {}))).toEqual(['a']);
    expect(ids(readableShards(split, { a: { position: '7' } }))).toEqual(['a']);
    expect(ids(readableShards(split, { a: { isRead: true } }))).toEqual(['b', 'c']);
  });

  it('are not held up by a parent that the stream has forgotten', () => {
    expect(ids(readableShards(split.slice(1), {}))).toEqual(['b', 'c']);
  });

  it('wait for both parents of a merge', () => {
    const merged = [shard('a'), shard('b'), shard('c', 'a', 'b')];
    expect(ids(readableShards(merged, { a: { isRead: true } }))).toEqual(['b']);
    expect(ids(readableShards(merged, { a: { isRead: true }, b: { isRead: true } }))).toEqual(['c']);
  });
});

describe('where a shard is gone on with', () => {
  const start = { since: 5 };

  it('is behind its last record, or where the stream was begun', () => {
    expect(placeOf(shard('a'), { a: { position: '7' } }, start)).toEqual({ position: '7' });
    expect(placeOf(shard('a'), {}, start)).toEqual(start);
  });

  it('is the first record of a child of what was read: it came later than the beginning', () => {
    expect(placeOf(shard('b', 'a'), { a: { isRead: true } }, start)).toBe('oldest');
    expect(placeOf(shard('b', 'gone'), {}, start)).toEqual(start);
  });
});

it('places of shards that the stream has forgotten are forgotten', () => {
  const places = { a: { isRead: true }, b: { position: '3' } } as const;
  expect(knownPlaces([shard('b', 'a')], places)).toEqual({ b: { position: '3' } });
});
