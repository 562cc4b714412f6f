import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeLog, readChangeLog } from '../../../adapters/local/graph/change-log';
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
});
