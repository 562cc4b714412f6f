import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ObjectSegmentLog } from '../../adapters/files/object-segment-log';
import { FolderSegmentLog } from '../../adapters/local/ingest/folder-segment-log';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { segmentsFolder } from '../../schemas/source';
import { segmentLogContract, type SegmentLogUnderTest } from './segment-log-contract';

const SOURCES = ['app', 'web'];

async function linesBelow(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^posted-.*\.ndjson$/.test(name));
  const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

async function inFolder(
  open: (
    folder: string,
    options: Parameters<SegmentLogUnderTest['open']>[0],
  ) => ReturnType<SegmentLogUnderTest['open']>,
): Promise<SegmentLogUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'segments-'));
  const of = (source: string) => join(folder, segmentsFolder(source));
  return {
    open: (options) => open(folder, options),
    lines: (source) => linesBelow(of(source)),
    // A file where the folder should be.
    breakDown: async (source) => {
      await mkdir(dirname(of(source)), { recursive: true });
      await writeFile(of(source).replace(/\/$/, ''), '');
      return () => rm(of(source).replace(/\/$/, ''));
    },
    close: () => rm(folder, { recursive: true }),
  };
}

segmentLogContract('in a folder', () =>
  inFolder(
    (landingFolder, options) => new FolderSegmentLog({ landingFolder, sources: SOURCES, rollMs: 20, ...options }),
  ),
);

segmentLogContract('as objects', async () => {
  const opened = await inFolder((folder, options) => {
    const arrivals = openFolderObjectStore(folder);
    return new ObjectSegmentLog({
      arrivals: {
        put: async (...given) => (await arrivals).put(...given),
        close: async () => (await arrivals).close(),
      },
      gatherMs: 5,
      ...options,
    });
  });
  return opened;
});

describe('in a folder', () => {
  let folder: string;
  let own: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segments-'));
    own = join(folder, segmentsFolder('app'));
    await mkdir(own, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** As a process leaves it that is killed while it writes. */
  async function abandoned(name: string, content: string, secondsAgo: number): Promise<void> {
    await writeFile(join(own, name), content);
    const at = new Date(Date.now() - secondsAgo * 1_000);
    await utimes(join(own, name), at, at);
  }

  it('what a process kept that was killed lands without the half of a line; what is being written is left alone', async () => {
    await abandoned('.posted-1.ndjson', '{"name":"whole"}\n{"name":"ha', 60);
    await abandoned('.posted-2.ndjson', '{"na', 60);
    await abandoned('.posted-3.ndjson', '{"name":"young"}\n', 0);
    const told: string[] = [];
    const log = new FolderSegmentLog({
      ...{ landingFolder: folder, sources: SOURCES },
      onSegment: (source) => void told.push(source),
    });
    await log.recover();
    await log.close();
    expect((await readdir(own)).sort()).toEqual(['.posted-3.ndjson', 'posted-1.ndjson']);
    expect(await linesBelow(own)).toEqual(['{"name":"whole"}']);
    expect(told).toContain('app');
  });

  it('a process that was taken for killed says that it kept nothing, and begins anew', async () => {
    const log = new FolderSegmentLog({ landingFolder: folder, sources: SOURCES, onSegment: () => {}, rollMs: 60_000 });
    await log.append('app', Buffer.from('{"name":"first"}\n'));
    const [hidden] = (await readdir(own)).filter((name) => name.startsWith('.'));
    await rm(join(own, hidden!));
    await expect(log.append('app', Buffer.from('{"name":"second"}\n'))).rejects.toMatchObject({ retryable: true });
    await log.append('app', Buffer.from('{"name":"third"}\n'));
    await log.close();
    expect(await linesBelow(own)).toEqual(['{"name":"third"}']);
  });

  it('a segment can land once it is old enough, although nothing more comes', async () => {
    const landed = new Promise<string>((resolve) => {
      const log = new FolderSegmentLog({ landingFolder: folder, sources: SOURCES, onSegment: resolve, rollMs: 1 });
      void log.append('app', Buffer.from('{"name":"only"}\n'));
    });
    expect(await landed).toBe('app');
    expect(await linesBelow(own)).toEqual(['{"name":"only"}']);
  });
});
