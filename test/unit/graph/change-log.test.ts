import { cp, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeLog, onceKey } from '../../../adapters/local/graph/change-log';
import { readChangeLog } from '../../../adapters/local/graph/read-change-log';
import type { GraphChange } from '../../../core/graph/elements';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hub-test-log-'));
});
afterEach(() => rm(dir, { recursive: true }));

const vertex = (id: string): GraphChange => ({ kind: 'vertex', id, label: 'Event', properties: { name: id } });

async function commit(log: ChangeLog, key: string, changes: GraphChange[], finished = true): Promise<void> {
  const writer = log.begin(key);
  await writer.add(changes);
  await log.publish(writer, { done: changes.length, finished });
}

async function changesOf(log: ChangeLog, commitNum: number): Promise<GraphChange[]> {
  const all: GraphChange[] = [];
  for await (const changes of log.changes(commitNum)) all.push(...changes);
  return all;
}

describe('ChangeLog', () => {
  it('knows its commits and loads after it was opened again', async () => {
    const key = 'load "é😀" \n';
    await commit(await ChangeLog.open(dir), key, [vertex('a'), vertex('b')], false);
    const log = await ChangeLog.open(dir);
    expect([log.head, log.headKey, log.progressOf(key), log.changesAfter(0)]).toEqual([
      1,
      key,
      { done: 2, finished: false },
      2,
    ]);
    expect(await changesOf(log, 1)).toEqual([vertex('a'), vertex('b')]);
  });

  it('keeps its identity', async () => {
    expect((await ChangeLog.open(dir)).id).toBe((await ChangeLog.open(dir)).id);
  });

  it('holds nothing of a commit that was not published', async () => {
    const log = await ChangeLog.open(dir);
    const writer = log.begin('cut off');
    await writer.add([vertex('a')]);
    expect((await ChangeLog.open(dir)).head).toBe(0);
    await writer.segment.discard();
    expect(await readdir(join(dir, 'scratch'))).toEqual([]);
  });

  it('gives a number to one of two writers only', async () => {
    const [one, two] = [await ChangeLog.open(dir), await ChangeLog.open(dir)];
    const late = two.begin('late');
    await late.add([vertex('late')]);
    await commit(one, 'early', [vertex('early')]);
    await expect(two.publish(late, { done: 1, finished: true })).rejects.toMatchObject({
      code: 'GRAPH_CONFLICT',
      retryable: true,
    });
    await late.segment.discard();
    await two.refresh();
    expect([two.head, two.progressOf('late')]).toEqual([1, undefined]);
    expect(await changesOf(two, 1)).toEqual([vertex('early')]);
  });

  it('counts a commit once that a refresh saw before its writer was told', async () => {
    const log = await ChangeLog.open(dir);
    const writer = log.begin('k');
    await writer.add([vertex('a')]);
    await Promise.all([log.publish(writer, { done: 1, finished: true }), log.refresh(), log.refresh()]);
    await log.refresh();
    expect(log.head).toBe(1);
  });

  it('forgets a commit that was taken back, here and in other processes', async () => {
    const [one, two] = [await ChangeLog.open(dir), await ChangeLog.open(dir)];
    await commit(one, 'first', [vertex('a')]);
    await commit(one, 'second', [vertex('b')]);
    await two.refresh();
    await one.retract();
    await two.refresh();
    for (const log of [one, two])
      expect([log.head, log.headKey, log.progressOf('second')]).toEqual([1, 'first', undefined]);
  });

  it('says which file is damaged', async () => {
    await commit(await ChangeLog.open(dir), 'k', [vertex('a')]);
    const [name] = await readdir(join(dir, 'log'));
    await truncate(join(dir, 'log', name!), 10);
    await expect(ChangeLog.open(dir)).rejects.toMatchObject({
      code: 'GRAPH_LOG_INVALID',
      message: expect.stringContaining(name!),
    });
  });

  it('ignores files that are not commits, and an absent log', async () => {
    await commit(await ChangeLog.open(dir), 'k', [vertex('a')]);
    await writeFile(join(dir, 'log', 'notes.txt'), 'x');
    expect((await ChangeLog.open(dir)).head).toBe(1);
    for await (const record of readChangeLog({ dir: join(dir, 'nowhere') })) throw new Error(`unexpected ${record.op}`);
  });

  it('reads records in order from any place, over commits', async () => {
    const log = await ChangeLog.open(dir);
    for (const name of ['a', 'b', 'c']) await commit(log, name, [vertex(name)]);
    const seen: string[] = [];
    for await (const { eventId, data } of readChangeLog({ dir, from: { commitNum: 1, opNum: 2 }, limit: 3 })) {
      seen.push(`${eventId.commitNum}.${eventId.opNum} ${data.type} ${data.id}`);
    }
    expect(seen).toEqual(['1.2 vp a', '2.1 vl b', '2.2 vp b']);
  });

  it('knows what it compacted away: how far loads have come, and what a restore reads', async () => {
    const log = await ChangeLog.open(dir);
    const once = onceKey();
    await commit(log, 'whole', [vertex('a'), vertex('b')]);
    await commit(log, once, [vertex('c')]);
    await commit(log, 'cut off', [vertex('d')], false);
    await commit(log, 'cut off', [vertex('e'), vertex('f')], false);
    await log.compact(3, 9);
    for (const opened of [log, await ChangeLog.open(dir)]) {
      expect([opened.head, opened.compacted, opened.changesAfter(3), opened.changesAfter(4)]).toEqual([4, 3, 2, 0]);
      expect([opened.sizeAt(3), opened.sizeAt(4)]).toEqual([9, 11]);
      expect(['whole', 'cut off', once].map((key) => opened.progressOf(key))).toEqual([
        { done: 2, finished: true },
        { done: 2, finished: false },
        undefined,
      ]);
      expect(await changesOf(opened, 4)).toEqual([vertex('e'), vertex('f')]);
    }
    expect(await recordsOf(dir)).toEqual(['4.1 e', '4.2 e', '4.3 f', '4.4 f']);
    await log.retract();
    expect([log.head, log.progressOf('cut off')]).toEqual([3, { done: 1, finished: false }]);
    await commit(log, 'next', [vertex('g')]);
    expect(await recordsOf(dir)).toEqual(['4.1 g', '4.2 g']);
  });

  it('can be cut off at every step of a compaction, and does the rest at the next one', async () => {
    const before = await mkdtemp(join(tmpdir(), 'hub-test-log-'));
    const log = await ChangeLog.open(dir);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await commit(log, name, [vertex(name)]);
    await cp(dir, before, { recursive: true });
    await log.compact(3, 3);
    const segments = await readdir(join(before, 'log'));
    for (let removed = 0; removed <= 3; removed++) {
      const cut = await mkdtemp(join(tmpdir(), 'hub-test-log-'));
      await cp(dir, cut, { recursive: true });
      for (const name of segments.slice(removed)) await cp(join(before, 'log', name), join(cut, 'log', name));
      const opened = await ChangeLog.open(cut);
      expect([opened.head, opened.compacted, opened.progressOf('b')]).toEqual([5, 3, { done: 1, finished: true }]);
      expect((await recordsOf(cut)).map((record) => record.split(' ')[1])).toEqual(['d', 'd', 'e', 'e']);
      await opened.compact(4, 4);
      expect(await readdir(join(cut, 'log'))).toEqual([segments[4]]);
      await rm(cut, { recursive: true });
    }
    await rm(before, { recursive: true });
  });

  it('says that the segment of a commit is missing', async () => {
    const log = await ChangeLog.open(dir);
    await commit(log, 'k', [vertex('a')]);
    await rm(join(dir, 'log', '0000000001.ndjson.gz'));
    await expect(changesOf(log, 1)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function recordsOf(folder: string): Promise<string[]> {
  const seen: string[] = [];
  for await (const { eventId, data } of readChangeLog({ dir: folder })) {
    seen.push(`${eventId.commitNum}.${eventId.opNum} ${data.id}`);
  }
  return seen;
}
