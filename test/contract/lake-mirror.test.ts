import { LakeMirror } from '../../adapters/sql/lake/lake-mirror';
import { openTestRoom, type TestRoom } from '../support/local-room';

let lake: TestRoom;
let other: TestRoom;
let mirror: LakeMirror;
beforeEach(async () => {
  [lake, other] = await Promise.all([openTestRoom(), openTestRoom()]);
  mirror = new LakeMirror(lake.lake, other.lake, ['identities', 'steps']);
});
afterEach(() => Promise.all([lake.close(), other.close()]));

const identity = (
  profile: string,
) => `SELECT '${profile}' AS profile_id, 'c' AS customer_id, 'm' AS method, NULL AS rule,
  0.1 + 0.2 AS confidence, TIMESTAMP '2026-01-02 03:04:05.678901' AS valid_from`;
const write = (key: string, mode: 'append' | 'replace' = 'append') =>
  lake.lake.commit({ key, writes: [{ table: 'identities', mode, select: identity(key) }] });
const mirrored = (version: number) => other.lake.rows('SELECT * FROM identities ORDER BY profile_id', { version });
const wanted = (version: number) => lake.lake.rows('SELECT * FROM identities ORDER BY profile_id', { version });

it('has what each version of the lake has, to the last digit', async () => {
  await write('a');
  await write('b');
  await write('c', 'replace');
  for (const version of [1, 2, 3, 1, 3]) {
    expect(await mirrored(await mirror.follow(version))).toEqual(await wanted(version));
  }
  const micros = 'SELECT epoch_us(valid_from) AS us FROM identities';
  expect(await other.lake.rows(micros)).toEqual(await lake.lake.rows(micros));
});

it('reads nothing again that has not changed, not even as another process', async () => {
  await write('a');
  const version = await mirror.follow(1);
  await lake.lake.commit({
    key: 'other',
    writes: [
      {
        table: 'runs',
        mode: 'append',
        select:
          "SELECT '1' AS workflow_id, 'n' AS workflow, DATE '2026-01-01' AS business_date, 's' AS status, '' AS detail",
      },
    ],
  });
  expect(await mirror.follow(2)).toBe(version);
  expect(await new LakeMirror(lake.lake, other.lake, ['identities', 'steps']).follow(2)).toBe(version);
});

it('has the whole of it though an earlier process was at another version', async () => {
  await write('a');
  await mirror.follow(1);
  await write('b', 'replace');
  const later = new LakeMirror(lake.lake, other.lake, ['identities', 'steps']);
  expect(await mirrored(await later.follow(2))).toEqual(await wanted(2));
  await write('c');
  expect(await mirrored(await later.follow(3))).toEqual(await wanted(3));
});

it('is followed by several at once as by one after the other, and reads nothing twice', async () => {
  await write('a');
  await write('b');
  await write('c', 'replace');
  const begun: unknown[] = [];
  const stream = lake.lake.stream.bind(lake.lake);
  jest.spyOn(lake.lake, 'stream').mockImplementation(async function* (sql, options) {
    if (sql.endsWith('FROM identities')) begun.push(options?.version);
    yield* stream(sql, options);
  });
  const versions = [1, 2, 3, 2, 3, 1];
  const mirrors = await Promise.all(versions.map((version) => mirror.follow(version)));
  expect(begun).toEqual([1, 2, 3]);
  for (const [index, version] of versions.entries())
    expect(await mirrored(mirrors[index]!)).toEqual(await wanted(version));
});

it('is followed by the next though one fails, and not by one that was called off while it waited', async () => {
  await write('a');
  jest.spyOn(lake.lake, 'tableRevision').mockRejectedValueOnce(new Error('lost'));
  const abort = new AbortController();
  const [failing, calledOff, next] = [mirror.follow(1), mirror.follow(1, abort.signal), mirror.follow(1)];
  abort.abort();
  await expect(failing).rejects.toThrow('lost');
  await expect(calledOff).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await mirrored(await next)).toEqual(await wanted(1));
});
