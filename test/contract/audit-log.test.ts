import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChainedAuditLog, type ChainStore } from '../../adapters/files/audit/chained-audit-log';
import { FolderChains, ObjectChains } from '../../adapters/files/audit/chain-stores';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import type { AuditEntry, ChainedEntry } from '../../core/audit/entry';

const entry = (caller: string, customers: readonly string[] = ['C1']): AuditEntry => ({
  ...{ at: '2026-01-01T00:00:00.000Z', caller, from: '127.0.0.1' },
  ...{ action: 'GET /v1/customers/:customer/identity', status: 200, customers, others: 0 },
});

async function entriesOf(log: ChainedAuditLog): Promise<ChainedEntry[]> {
  const all: ChainedEntry[] = [];
  for await (const one of log.entries()) all.push(one);
  return all;
}

describe.each<[string, (folder: string) => Promise<ChainStore>]>([
  ['files', async (folder) => new FolderChains(folder)],
  ['objects', async (folder) => new ObjectChains(await openFolderObjectStore(folder), 'audit/')],
])('an audit log of %s', (_, openStore) => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hub-test-audit-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const using = async <T>(work: (log: ChainedAuditLog) => Promise<T>): Promise<T> => {
    const log = new ChainedAuditLog(await openStore(folder));
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  };

  /** Changes the lines of the only file, or of the first object. */
  async function tamper(change: (lines: string[]) => string[]): Promise<void> {
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ndjson')).sort();
    const path = join(folder, names[0]!);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    await writeFile(
      path,
      change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  it('has what was added, by many at once and by one process after the other', async () => {
    await using((log) => Promise.all(['a', 'b', 'c'].map((caller) => log.append(entry(caller)))));
    await using((log) => log.append(entry('d')));
    const found = await using(entriesOf);
    expect(found.map(({ caller }) => caller).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(await using((log) => log.check())).toEqual({ entries: 4, broken: [] });
  });

  it('is whole where a process that started first writes after one that came later', async () => {
    await using(async (first) => {
      // Names tell processes' starts apart to the millisecond.
      const started = Date.now();
      while (Date.now() === started);
      await using((second) => second.append(entry('b')));
      await first.append(entry('a'));
    });
    expect(await using((log) => log.check())).toEqual({ entries: 2, broken: [] });
  });

  it('has nothing before anything is added', async () => {
    expect(await using((log) => log.check())).toEqual({ entries: 0, broken: [] });
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['that was changed', ([first, ...rest]) => [first!.replace('C1', 'C2'), ...rest]],
    ['that another was put in place of', ([first, ...rest]) => [first!.replace('"a"', '"z"'), ...rest]],
    ['that is missing', ([, ...rest]) => rest],
    ['that comes in another order', ([first, second, ...rest]) => [second!, first!, ...rest]],
    ['that is no more than half there', ([first, ...rest]) => [first!.slice(0, 40), ...rest]],
  ])('tells of an entry %s', async (_what, change) => {
    await using((log) => Promise.all(['a', 'b', 'c'].map((caller) => log.append(entry(caller)))));
    await using((log) => log.append(entry('d')));
    await tamper(change);
    expect((await using((log) => log.check())).broken).not.toEqual([]);
  });

  it('tells of a whole chain that is missing', async () => {
    await using((log) => log.append(entry('a')));
    await using((log) => log.append(entry('b')));
    await tamper(() => []);
    expect((await using((log) => log.check())).broken).toHaveLength(1);
  });
});

it('what cannot be written is told, and what comes next goes on behind the last that could', async () => {
  const lines: string[] = [];
  let isFull = false;
  const log = new ChainedAuditLog({
    append: async (_chain, more) => {
      if (isFull) throw new Error('no space left on device');
      lines.push(...more.toString().trimEnd().split('\n'));
    },
    chains: async () => (lines.length === 0 ? [] : ['one']),
    lines: async function* () {
      yield* lines;
    },
    close: async () => undefined,
  });
  await log.append(entry('a'));
  isFull = true;
  await expect(log.append(entry('b'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', retryable: true });
  isFull = false;
  await log.append(entry('c'));
  expect(await log.check()).toEqual({ entries: 2, broken: [] });
});
