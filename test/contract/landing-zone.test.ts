import { appendFile, mkdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sourceSchema, type Source } from '../../schemas/source';
import { openTestRoom, type TestRoom } from '../support/local-room';

let room: TestRoom;
beforeEach(async () => {
  room = await openTestRoom();
});
afterEach(() => room.close());

const calls = sourceSchema.parse({
  name: 'calls',
  title: 'Call centre',
  files: 'calls/*',
  format: 'csv',
  csv: { delimiter: ';' },
  events: {
    id: 'call_id',
    type: { column: 'reason', map: { B: 'bill_question', K: 'cancel' } },
    channel: { value: 'call' },
    time: { column: 'started', format: '%d.%m.%Y %H:%M', zone: 'Europe/Berlin' },
    profile: 'caller',
    attributes: { agent: 'agent' },
  },
});

const clicks = sourceSchema.parse({
  name: 'clicks',
  title: 'Web clicks',
  files: 'clicks/**/web-{date}.ndjson*',
  format: 'ndjson',
  columns: ['user'],
  events: {
    type: 'page',
    channel: { value: 'web' },
    time: { column: 'at', zone: 'offset-in-value' },
    profile: 'visitor',
  },
  profiles: {
    when: `user->>'email' IS NOT NULL`,
    id: 'visitor',
    seen_at: { column: 'at', zone: 'offset-in-value' },
    email: { sql: `user->>'email'` },
  },
});

async function put(path: string, content: string | Buffer): Promise<void> {
  const absolute = join(room.landingFolder, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, content);
}

async function stageOnly(source: Source) {
  const [file] = await room.landingZone.list(source, '2026-12-31');
  return room.landingZone.stage(source, file!);
}

async function stagedRows(path: string): Promise<Record<string, unknown>[]> {
  return room.duckDb.session(undefined, (session) => session.rows(`FROM read_parquet('${path}') ORDER BY file_row`));
}

describe('listing', () => {
  it('takes files up to the business date, ordered by path, and none that match only in part', async () => {
    for (const path of [
      'clicks/web-2026-01-02.ndjson',
      'clicks/a/web-2026-01-01.ndjson.gz',
      'clicks/web-2026-01-03.ndjson',
    ]) {
      await put(path, '{}');
    }
    await put('clicks/web-latest.ndjson', '{}');
    await put('other/web-2026-01-01.ndjson', '{}');
    const files = await room.landingZone.list(clicks, '2026-01-02');
    expect(files.map(({ path }) => path)).toEqual([
      'clicks/a/web-2026-01-01.ndjson.gz',
      'clicks/web-2026-01-02.ndjson',
    ]);
  });

  it('finds nothing in a folder that does not exist', async () => {
    expect(await room.landingZone.list(clicks, '2026-01-02')).toEqual([]);
  });
});

describe('csv', () => {
  const header = 'call_id;caller;started;reason;agent\n';

  it('maps columns, values, local times with their zone, and quoted fields', async () => {
    await put('calls/a.csv', `${header}1;0171;05.01.2026 10:00;B;"Meier; Anna"\n2;0172;05.07.2026 10:00;K;\n`);
    const staged = await stageOnly(calls);
    expect(staged).toMatchObject({ path: 'calls/a.csv', readRows: 2, badRows: 0 });
    const events = await stagedRows(staged.staged.events);
    expect(events).toMatchObject([
      {
        event_id: '1',
        source: 'calls',
        type: 'bill_question',
        channel: 'call',
        profile_id: 'calls:0171',
        file_row: 1n,
      },
      { event_id: '2', type: 'cancel', profile_id: 'calls:0172', attributes: '{}', file_row: 2n },
    ]);
    expect(events[0]!['attributes']).toBe('{"agent":"Meier; Anna"}');
    // Winter is UTC+1 in Berlin, summer UTC+2.
    expect(events.map((event) => (event['occurred_at'] as Date).toISOString())).toEqual([
      '2026-01-05T09:00:00.000Z',
      '2026-07-05T08:00:00.000Z',
    ]);
  });

  it('quarantines every row that breaks the contract, with its row and reason, and loses none', async () => {
    const rows = [
      '1;0171;05.01.2026 10:00;B;x',
      '2;0171;31.02.2026 10:00;B;x',
      '3;;05.01.2026 10:00;B;x',
      '4;0171;05.01.2026 10:00;Z;x',
      '5;0171;05.01.2026 10:00',
      '6;0171;05.01.2026 10:00;B;x;y',
      ';0171;05.01.0026 10:00;B;x',
    ];
    await put('calls/a.csv', header + rows.join('\n'));
    const staged = await stageOnly(calls);
    expect(staged).toMatchObject({ readRows: 7, badRows: 6 });
    const quarantine = await stagedRows(staged.staged.quarantine);
    const reasons = quarantine.map((row) => row['reason'] as string);
    expect(reasons).toEqual(
      expect.arrayContaining([
        'time: cannot use "31.02.2026 10:00"',
        'profile: missing',
        'type: cannot use "Z"',
        expect.stringMatching(/line 6: .*5 Found: 3/),
        expect.stringMatching(/line 7: .*5 Found: 6/),
        'id: missing; time: cannot use "05.01.0026 10:00"',
      ]),
    );
    expect(quarantine.every((row) => row['file'] === 'calls/a.csv' && row['raw'] !== null)).toBe(true);
  });

  it.each([
    ['in the middle of the file', '2;0172;05.01.2026 10:00;B;"oops\n3;0173;05.01.2026 10:00;B;x\n'],
    ['in the last field', '2;0172;05.01.2026 10:00;B;"oops'],
    ['in the first field', '2;"0172;05.01.2026 10:00;B;oops'],
  ])('quarantines what a quote opened %s swallowed instead of losing it', async (_where, tail) => {
    await put('calls/a.csv', `${header}1;0171;05.01.2026 10:00;B;x\n${tail}`);
    const staged = await stageOnly(calls);
    expect(staged).toMatchObject({ readRows: 2, badRows: 1 });
    expect((await stagedRows(staged.staged.quarantine))[0]!['reason']).toMatch(/^line 3: /);
  });

  it('names a missing column, the columns there are, and where to mend it', async () => {
    await put('calls/a.csv', 'call_id;caller;start\n1;2;3\n');
    await expect(stageOnly(calls)).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
      message: expect.stringMatching(
        /calls\/a\.csv: column "reason", "started", "agent" is missing.*"caller".*sources\/calls\.yaml/s,
      ),
    });
  });

  it('refuses another encoding than was declared, and reads it when declared', async () => {
    const text = `${header}1;0171;05.01.2026 10:00;B;Müller\n`;
    await put('calls/a.csv', Buffer.from(text, 'latin1'));
    await expect(stageOnly(calls)).rejects.toMatchObject({
      code: 'FILE_ENCODING',
      message: expect.stringContaining('latin-1'),
    });
    const latin = { ...calls, csv: { ...calls.csv, encoding: 'latin-1' as const } };
    expect((await stagedRows((await stageOnly(latin)).staged.events))[0]!['attributes']).toBe('{"agent":"Müller"}');
  });

  it('names the source file when an expression of the mapping is no SQL', async () => {
    await put('calls/a.csv', `${header}1;0171;05.01.2026 10:00;B;x\n`);
    const broken = { ...calls, events: { ...calls.events!, type: { sql: 'upper(nowhere' } } };
    await expect(stageOnly(broken)).rejects.toMatchObject({
      code: 'MAPPING_INVALID',
      message: expect.stringMatching(/^sources\/calls\.yaml/),
    });
  });
});

describe('ndjson', () => {
  const line = (visitor: string, at: string, user?: object) => JSON.stringify({ visitor, at, page: 'home', user });

  it('yields an event and a profile from a row; malformed lines are bad rows, blank ones none', async () => {
    const lines = [
      line('v1', '2026-01-01T10:00:00+02:00', { email: 'a@b.c' }),
      '{"visitor":"v2",',
      '',
      line('v3', '2026-01-01T10:00:00Z'),
    ];
    await put('clicks/web-2026-01-01.ndjson', lines.join('\n'));
    const staged = await stageOnly(clicks);
    expect(staged).toMatchObject({ readRows: 3, badRows: 1 });
    expect(await stagedRows(staged.staged.events)).toMatchObject([
      { profile_id: 'clicks:v1', occurred_at: new Date('2026-01-01T08:00:00Z'), file_row: 1n },
      { profile_id: 'clicks:v3', file_row: 4n },
    ]);
    expect(await stagedRows(staged.staged.profiles)).toMatchObject([
      { profile_id: 'clicks:v1', email: 'a@b.c' },
      { profile_id: 'clicks:v3', email: null, content_hash: '' },
    ]);
    expect(await stagedRows(staged.staged.quarantine)).toMatchObject([{ file_row: 2n, raw: '{"visitor":"v2",' }]);
  });

  it('does not assume an offset that the value lacks', async () => {
    await put('clicks/web-2026-01-01.ndjson', line('v1', '2026-01-01T10:00:00'));
    const staged = await stageOnly(clicks);
    expect(staged.reasons).toEqual([{ reason: 'time: cannot use "…"', rows: 1 }]);
  });

  it('gives equal rows of a file ids of their own, and the same ones each time', async () => {
    const lines = [line('v1', '2026-01-01T10:00:00Z'), line('v1', '2026-01-01T10:00:00Z')].join('\n');
    await put('clicks/web-2026-01-01.ndjson', lines);
    const first = (await stagedRows((await stageOnly(clicks)).staged.events)).map((row) => row['event_id']);
    const second = (await stagedRows((await stageOnly(clicks)).staged.events)).map((row) => row['event_id']);
    expect(new Set(first).size).toBe(2);
    expect(second).toEqual(first);
  });

  it.each(['gzip', 'zstd'])('refuses a truncated %s archive rather than read half of it', async (compression) => {
    const text = Array.from({ length: 20_000 }, (_, index) => line(`v${index}`, '2026-01-01T10:00:00Z')).join('\n');
    const ending = compression === 'gzip' ? 'gz' : 'zst';
    const path = `clicks/web-2026-01-01.ndjson.${ending}`;
    if (compression === 'gzip') await put(path, gzipSync(text));
    else {
      await put('plain.txt', text);
      const read = `read_csv('${room.landingFolder}/plain.txt', delim = chr(1), quote = '', escape = '', header = false, columns = {'l': 'VARCHAR'})`;
      await put(path, '');
      await room.duckDb.session(undefined, (session) =>
        session.run(
          `COPY (FROM ${read}) TO '${room.landingFolder}/${path}' (FORMAT csv, COMPRESSION zstd, HEADER false, QUOTE '', DELIMITER '\t')`,
        ),
      );
    }
    expect(await stageOnly(clicks)).toMatchObject({ readRows: 20_000, badRows: 0 });
    const [file] = await room.landingZone.list(clicks, '2026-12-31');
    await truncate(join(room.landingFolder, path), Math.floor(file!.bytes / 2));
    await expect(stageOnly(clicks)).rejects.toMatchObject({
      code: 'FILE_TRUNCATED',
      message: expect.stringContaining(path),
    });
  });
});

describe('other formats', () => {
  it('reads an array of objects and refuses a broken document', async () => {
    const source = { ...clicks, files: 'doc.json', format: 'json' as const };
    await put('doc.json', '[{"visitor":"v1","at":"2026-01-01T10:00:00Z","page":"home"}]');
    expect(await stageOnly(source)).toMatchObject({ readRows: 1, badRows: 0 });
    await put('doc.json', '[{"visitor":"v1","at":');
    await expect(stageOnly(source)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('doc.json'),
    });
  });

  it('reads parquet with its own types, and refuses what is none', async () => {
    const source = sourceSchema.parse({
      name: 'network',
      title: 'Network',
      files: '*.parquet',
      format: 'parquet',
      events: {
        id: 'nr',
        type: 'kind',
        channel: { value: 'network' },
        time: { column: 'at', zone: 'Europe/Berlin' },
        profile: 'msisdn',
      },
    });
    await put('n.parquet', '');
    await room.duckDb.session(undefined, (session) =>
      session.run(`COPY (SELECT 7 AS nr, 'outage' AS kind, TIMESTAMP '2026-01-05 10:00:00' AS at, 49171::BIGINT AS msisdn)
TO '${room.landingFolder}/n.parquet' (FORMAT parquet)`),
    );
    const staged = await stageOnly(source);
    expect(await stagedRows(staged.staged.events)).toMatchObject([
      { event_id: '7', type: 'outage', profile_id: 'network:49171', occurred_at: new Date('2026-01-05T09:00:00Z') },
    ]);
    await put('n.parquet', 'nothing of the kind');
    await expect(stageOnly(source)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('files that are not as they should be', () => {
  it('refuses an empty file and an empty archive', async () => {
    await put('calls/a.csv', '');
    await expect(stageOnly(calls)).rejects.toMatchObject({
      code: 'FILE_EMPTY',
      message: expect.stringContaining('calls/a.csv'),
    });
    await put('clicks/web-2026-01-01.ndjson.gz', gzipSync(''));
    await expect(stageOnly(clicks)).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  });

  it('notices a file that changed since it was listed, and says that trying again can help', async () => {
    await put('calls/a.csv', 'call_id;caller;started;reason;agent\n1;0171;05.01.2026 10:00;B;x\n');
    const [file] = await room.landingZone.list(calls, '2026-12-31');
    await appendFile(join(room.landingFolder, file!.path), '2;0171;05.01.2026 10:00;B;x\n');
    await expect(room.landingZone.stage(calls, file!)).rejects.toMatchObject({ code: 'FILE_CHANGED', retryable: true });
  });

  it('notices a file that changes while it is read', async () => {
    await put('calls/a.csv', 'call_id;caller;started;reason;agent\n1;0171;05.01.2026 10:00;B;x\n');
    const [file] = await room.landingZone.list(calls, '2026-12-31');
    // The bytes stay the same, as when a writer is in the middle of a block: only the time tells.
    const touch = () => void utimes(join(room.landingFolder, file!.path), new Date(), new Date(1_000_000_000_000));
    const staging = room.landingZone.stage(calls, file!, { onProgress: touch });
    await expect(staging).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  });

  it('stops when cancelled, and says so', async () => {
    await put('calls/a.csv', 'call_id;caller;started;reason;agent\n1;0171;05.01.2026 10:00;B;x\n');
    const [file] = await room.landingZone.list(calls, '2026-12-31');
    const staging = room.landingZone.stage(calls, file!, { signal: AbortSignal.abort() });
    await expect(staging).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('delivering', () => {
  const bytes = (text: string) => Buffer.from(text);
  const listed = async () => (await room.landingZone.list(delivered, '2026-12-31')).map(({ path }) => path);
  const delivered = sourceSchema.parse({
    ...clicks,
    name: 'bus',
    files: undefined,
    format: undefined,
    stream: { kinesis: 'bus' },
    events: { ...clicks.events, id: 'id' },
  });

  it('puts a file where its source finds it, and leaves one that is there whole', async () => {
    await room.landingZone.deliver('streams/bus/1.ndjson', bytes('{"id":1}\n'));
    const before = await room.landingZone.list(delivered, '2026-12-31');
    await room.landingZone.deliver('streams/bus/1.ndjson', bytes('{"id":1}\n'));
    expect(await room.landingZone.list(delivered, '2026-12-31')).toEqual(before);
    expect(await listed()).toEqual(['streams/bus/1.ndjson']);
  });

  it('makes a file whole that was left half, of which no source is told before', async () => {
    await put('streams/bus/.1.ndjson', '{"id');
    expect(await listed()).toEqual([]);
    await room.landingZone.deliver('streams/bus/1.ndjson', bytes('{"id":1}\n'));
    expect(await listed()).toEqual(['streams/bus/1.ndjson']);
    const [file] = await room.landingZone.list(delivered, '2026-12-31');
    expect(file!.bytes).toBe(9);
  });
});
